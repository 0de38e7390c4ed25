/** Snapshots of SQLite databases with stream positions, and recovery from them. */
@SuppressWarnings(
        "requires-automatic") // Micrometer and Tink are optional: only the package metrics and SnapshotKeys need them.
module io.harmonylite.snapshot {
    requires static com.fasterxml.jackson.annotation;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.dataformat.cbor;
    requires com.github.luben.zstd_jni;
    requires static com.google.crypto.tink;
    requires dev.failsafe.core;
    requires transitive java.sql;
    requires jdk.jfr;
    requires static micrometer.core;
    requires static transitive org.jspecify;
    requires org.slf4j;
    requires org.xerial.sqlitejdbc;

    exports io.harmonylite.snapshot;
    exports io.harmonylite.snapshot.change;
    exports io.harmonylite.snapshot.exception;
    exports io.harmonylite.snapshot.harmonylite;
    exports io.harmonylite.snapshot.health;
    exports io.harmonylite.snapshot.lease;
    exports io.harmonylite.snapshot.metrics;
    exports io.harmonylite.snapshot.recovery;
    exports io.harmonylite.snapshot.sequence;
    exports io.harmonylite.snapshot.store;
    exports io.harmonylite.snapshot.stream;
    exports io.harmonylite.snapshot.trim;
    exports io.harmonylite.snapshot.watch;
}
