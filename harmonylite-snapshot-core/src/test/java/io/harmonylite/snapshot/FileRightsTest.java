package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.harmonylite.snapshot.harmonylite.HarmonyLiteExportRequest;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotFile;
import io.harmonylite.snapshot.internal.file.HookedFileOperations;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A file that replaces another one keeps its owner, mode and ACL. No new file can be read by more users than needed. */
class FileRightsTest {

    @TempDir
    Path directory;

    private Path stored;
    private Path database;

    @BeforeEach
    void takeSnapshot() throws Exception {
        stored = Files.createDirectory(directory.resolve("store"));
        database = TestDatabase.create(directory.resolve("app.db"), "PRAGMA journal_mode = WAL");
        try (FileSystemSnapshotStore store = FileSystemSnapshotStore.open(stored)) {
            SnapshotManager.builder("app", database, store)
                    .build()
                    .take(Positions.none().with("changes", StreamPosition.at(5)));
        }
    }

    private static void mode(Path file, String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private static void assumeAclTools() {
        boolean found = Stream.of("setfacl", "getfacl", "setfattr", "getfattr")
                .allMatch(tool -> Files.isExecutable(Path.of("/usr/bin", tool)));
        assumeTrue(found, "no tools for ACLs and attributes are installed");
    }

    private static String acl(Path file) throws Exception {
        return run("getfacl", "--absolute-names", "--omit-header", "--numeric", file.toString());
    }

    /** Restores in a process of its own, through another program. Returns its log. */
    private String restoreThrough(String... program) throws Exception {
        ChildJvm.Result result = ChildJvm.run(List.of(program), Restore.class, stored, database);
        assertThat(result.output()).contains("restored");
        return result.output();
    }

    @Test
    void restore_aclAndAttributes_areKept() throws Exception {
        assumeAclTools();
        mode(database, "rw-r-----");
        run("setfacl", "-m", "u:1777:rw,g:1600:r,m::rw", database.toString());
        run("setfattr", "-n", "user.tag", "-v", "x", database.toString());
        String before = acl(database);
        assertThat(before).contains("user:1777:rw-", "group::r--", "mask::rw-");
        assertThat(restoreThrough("env")).doesNotContain("WARN");
        assertThat(acl(database)).isEqualTo(before);
        assertThat(run("getfattr", "-d", "--absolute-names", database.toString()))
                .contains("user.tag=\"x\"");
    }

    @Test
    void restore_directoryWithDefaultAcl_addsNoEntry() throws Exception {
        assumeAclTools();
        mode(database, "rw-r-----");
        String before = acl(database);
        run("setfacl", "-d", "-m", "u:1888:rw", directory.toString());
        restoreThrough("env");
        assertThat(acl(database)).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({"rw-rw-r--, rw-r--r--", "rw-r-----, rw-------", "rw-r--r--, rw-r--r--", "rw----r--, rw-------"})
    void restore_aclCannotBeCopied_warnsAndGrantsNoMore(String mode, String after) throws Exception {
        mode(database, mode);
        String java = Path.of(System.getProperty("java.home"), "bin").toString();
        assertThat(restoreThrough("env", "PATH=" + java)).contains("WARN", "Could not copy the ACL", "app.db", after);
        assertThat(mode(database)).isEqualTo(after);
    }

    @Test
    void restore_groupCannotBeKept_warnsAndGrantsTheOwnGroupNothing() throws Exception {
        assumeTrue(ChildJvm.isRoot() && ChildJvm.canObey(), "only root gives files away");
        run("chgrp", "1600", database.toString());
        mode(database, "rw-rw----");
        assertThat(restoreThrough("setpriv", "--bounding-set=-chown"))
                .contains("WARN", "Could not change the owner", "1600");
        assertThat(mode(database)).isEqualTo("rw-------");
    }

    @Test
    void restore_groupCannotBeKept_entryThatDeniesAccessStays() throws Exception {
        assumeTrue(ChildJvm.isRoot() && ChildJvm.canObey(), "only root gives files away");
        assumeAclTools();
        run("chgrp", "1600", database.toString());
        mode(database, "rw-rw-r--");
        run("setfacl", "-m", "u:1777:---,u:1778:rw", database.toString());
        restoreThrough("setpriv", "--bounding-set=-chown");
        assertThat(acl(database)).contains("user:1777:---", "mask::r--", "other::r--");
    }

    @ParameterizedTest
    @CsvSource({"022, rw-r-----", "077, rw-------", "000, rw-r-----", "027, rw-r-----"})
    void restore_newDatabase_isReadableByOwnerAndGroupAsTheUmaskAllows(String umask, String mode) throws Exception {
        Files.delete(database);
        restoreThrough("sh", "-c", "umask " + umask + "; exec \"$@\"", "sh");
        assertThat(mode(database)).isEqualTo(mode);
    }

    @Test
    void restore_newDatabaseByRoot_belongsToTheOwnerOfTheDirectory() throws Exception {
        assumeTrue(ChildJvm.isRoot(), "only root gives files away");
        Files.delete(database);
        run("chown", "1501:1600", directory.toString());
        restoreThrough("env");
        PosixFileAttributes attributes = Files.readAttributes(database, PosixFileAttributes.class);
        assertThat(attributes.owner().getName()).isEqualTo("1501");
    }

    @Test
    void flush_newMap_isPrivateAndAReplacedOneKeepsItsRights() throws Exception {
        Path file = directory.resolve("map");
        count(file, 1);
        assertThat(mode(file)).isEqualTo("rw-------");
        mode(file, "rw-r-----");
        count(file, 2);
        assertThat(mode(file)).isEqualTo("rw-r-----");
        assumeAclTools();
        run("setfacl", "-m", "u:1777:rw,m::rw", file.toString());
        String before = acl(file);
        count(file, 3);
        assertThat(acl(file)).isEqualTo(before);
        assumeTrue(ChildJvm.isRoot(), "only root gives files away");
        run("chown", "1501:1600", file.toString());
        count(file, 4);
        PosixFileAttributes attributes = Files.readAttributes(file, PosixFileAttributes.class);
        assertThat(attributes.owner().getName() + ":" + attributes.group().getName())
                .isEqualTo("1501:1600");
        assertThat(acl(file)).isEqualTo(before);
    }

    private static void count(Path file, long sequence) {
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            map.applied("changes", StreamPosition.at(sequence));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "rw-r--r--", "rw-rw----"})
    void export_newFile_isPrivateAndAReplacedOneKeepsItsMode(String mode) throws Exception {
        Path file = directory.resolve("snapshot.db");
        try (FileSystemSnapshotStore store = FileSystemSnapshotStore.open(stored)) {
            SnapshotRepository repository = SnapshotRepository.of("app", store);
            repository.export(HarmonyLiteExportRequest.latest(), HarmonyLiteSnapshotFile.of(file));
            assertThat(mode(file)).isEqualTo("rw-------");
            mode(file, mode);
            repository.export(HarmonyLiteExportRequest.latest(), HarmonyLiteSnapshotFile.of(file));
            assertThat(mode(file)).isEqualTo(mode);
        }
    }

    @Test
    void anyOperation_scratchFiles_arePrivate() throws Exception {
        Path scratch = Files.createDirectory(directory.resolve("scratch"));
        mode(database, "rw-------"); // The staged file gets this mode before it is installed.
        Set<String> modes = new TreeSet<>();
        Set<String> seen = new TreeSet<>();
        HookedFileOperations watching = new HookedFileOperations((number, operation) -> {
            for (Path parent : List.of(directory, scratch)) {
                for (Path file : scratchFiles(parent)) {
                    seen.add(file.getFileName().toString());
                    modes.add(mode(file));
                    modes.add(mode(file.getParent()));
                }
            }
        });
        try (FileSystemSnapshotStore store = FileSystemSnapshotStore.open(stored);
                SnapshotManager manager = SnapshotManager.builder("app", database, store)
                        .scratchDirectory(scratch)
                        .compaction(Compaction.ALWAYS)
                        .files(watching)
                        .build()) {
            manager.take();
            manager.drill();
            manager.restore(RestoreRequest.latest());
        }
        assertThat(seen).contains("lock", "copy.db", "compact.db", "rebuilt.db", "staged.db");
        assertThat(modes).containsExactlyInAnyOrder("rw-------", "rwx------");
    }

    private static List<Path> scratchFiles(Path parent) throws IOException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> children = Files.list(parent)) {
            for (Path child : children.toList()) {
                if (child.getFileName().toString().matches(".*harmonylite-(scratch|verify)-.*")) {
                    try (Stream<Path> files = Files.list(child)) {
                        found.addAll(files.toList());
                    }
                }
            }
        }
        return found;
    }

    /** Restores the latest snapshot. */
    static final class Restore {

        private Restore() {}

        /** Arguments: store, database. */
        public static void main(String[] arguments) throws IOException {
            List<Path> paths = Arrays.stream(arguments).map(Path::of).toList();
            try (FileSystemSnapshotStore store = FileSystemSnapshotStore.open(paths.get(0))) {
                SnapshotRepository.of("app", store).restore(RestoreRequest.latest(), paths.get(1));
                System.out.println("restored");
            }
        }
    }
}
