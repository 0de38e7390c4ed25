package io.harmonylite.snapshot;

/**
 * Properties of a database image, read from SQLite's header and schema. Immutable.
 *
 * @param pageSize bytes in a page, a power of two from 512 to 65,536
 * @param pageCount number of pages
 * @param userVersion {@code PRAGMA user_version}
 * @param applicationId {@code PRAGMA application_id}
 * @param encoding text encoding: {@code UTF-8}, {@code UTF-16le} or {@code UTF-16be}
 * @param journalMode journal mode of the source database, in lower case
 * @param schemaDigest SHA-256 over the schema, lower-case hex; equal schemas have equal digests. Zeros if the
 *     snapshot is sealed and was listed without keys
 * @param imageDigest SHA-256 over all pages, lower-case hex; equal images have equal digests. Zeros likewise
 * @see <a href="https://www.sqlite.org/fileformat2.html">SQLite's file format</a>
 */
public record ImageInfo(
        int pageSize,
        long pageCount,
        int userVersion,
        int applicationId,
        String encoding,
        String journalMode,
        String schemaDigest,
        String imageDigest) {

    /** Returns the size of the image in bytes. */
    public long bytes() {
        return pageSize * pageCount;
    }
}
