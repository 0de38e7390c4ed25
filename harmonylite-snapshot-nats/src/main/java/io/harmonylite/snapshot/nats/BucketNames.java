package io.harmonylite.snapshot.nats;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * The stream and subjects of an object-store bucket, as defined by ADR-20 of NATS:
 *
 * <pre>
 * OBJ_&lt;bucket&gt;                        the stream
 * $O.&lt;bucket&gt;.M.&lt;name in base64url&gt;   an object's metadata: one message, which makes the object visible
 * $O.&lt;bucket&gt;.C.&lt;nuid&gt;                an object's chunks, in order
 * </pre>
 */
record BucketNames(String bucket) {

    String stream() {
        return "OBJ_" + bucket;
    }

    String metadata(String object) {
        return metadataPrefix() + Base64.getUrlEncoder().encodeToString(object.getBytes(StandardCharsets.UTF_8));
    }

    String allMetadata() {
        return metadataPrefix() + ">";
    }

    String chunks(String nuid) {
        return chunksPrefix() + nuid;
    }

    String allChunks() {
        return chunksPrefix() + ">";
    }

    /** Returns the object name encoded in a metadata subject; empty if the subject encodes none. */
    Optional<String> objectOf(String metadataSubject) {
        try {
            byte[] name = Base64.getUrlDecoder()
                    .decode(metadataSubject.substring(metadataPrefix().length()));
            return Optional.of(new String(name, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // Not base64url, so no client wrote it.
        }
    }

    /** Returns the nuid of the object or upload that a chunk subject belongs to. */
    String nuidOf(String chunkSubject) {
        return chunkSubject.substring(chunksPrefix().length());
    }

    private String metadataPrefix() {
        return "$O." + bucket + ".M.";
    }

    private String chunksPrefix() {
        return "$O." + bucket + ".C.";
    }

    /** Returns an object's name with that of its bucket, for messages. */
    String located(String object) {
        return object + " in bucket " + bucket;
    }
}
