package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.exception.ChangeRejectedException;
import io.harmonylite.snapshot.exception.CorruptSequenceMapException;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.exception.DatabaseInUseException;
import io.harmonylite.snapshot.exception.DatabaseNotFoundException;
import io.harmonylite.snapshot.exception.HandoverRejectedException;
import io.harmonylite.snapshot.exception.IndeterminateCommitException;
import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.exception.PendingChangesException;
import io.harmonylite.snapshot.exception.QuarantinedRowsException;
import io.harmonylite.snapshot.exception.SchemaMismatchException;
import io.harmonylite.snapshot.exception.SequenceMapInUseException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.exception.SnapshotInterruptedException;
import io.harmonylite.snapshot.exception.SnapshotKeyException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.exception.StoreUnavailableException;
import io.harmonylite.snapshot.exception.StreamUnavailableException;
import io.harmonylite.snapshot.exception.UnknownPositionsException;
import io.harmonylite.snapshot.exception.UnsupportedFormatException;
import io.harmonylite.snapshot.recovery.PositionsLostException;
import io.harmonylite.snapshot.recovery.StreamGapException;
import io.harmonylite.snapshot.recovery.StreamResetException;
import io.harmonylite.snapshot.store.ContainerMissingException;
import io.harmonylite.snapshot.store.StoreAccessException;
import io.harmonylite.snapshot.store.StoreFullException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.ParameterException;

/** The exit statuses of the tool, and the exceptions that lead to them. */
enum ExitStatus {
    /** The command succeeded. */
    DONE(0),
    /** A failure without a status of its own. */
    FAILED(1),
    /** Wrong usage, configuration or permission. */
    USAGE(2),
    /** A directory, bucket, stream, database, sequence map or snapshot does not exist. */
    NOT_FOUND(3),
    /** The data is damaged, or of a format that this version does not support. */
    CORRUPT(4),
    /** The store or server cannot be reached, or the outcome is unknown. */
    UNAVAILABLE(5),
    /** A person must decide. */
    DECISION(6),
    /** Another operation is in progress, or the database is in use. */
    BUSY(7),
    /** There is not enough space or memory. */
    NO_SPACE(8),
    /** A key is missing or wrong, or a snapshot was made without keys. */
    KEY(9),
    /** SIGINT or SIGTERM ended the command; what it had not finished is removed. */
    INTERRUPTED(130);

    private static final List<ExitStatus> WORST_FIRST =
            List.of(INTERRUPTED, CORRUPT, KEY, DECISION, UNAVAILABLE, NO_SPACE, BUSY, NOT_FOUND, USAGE, FAILED, DONE);

    private static final Map<Class<? extends Throwable>, ExitStatus> BY_TYPE = byType();

    private final int code;

    ExitStatus(int code) {
        this.code = code;
    }

    /** The first matching type decides. A plain {@code IOException} comes from a store that cannot be reached. */
    private static Map<Class<? extends Throwable>, ExitStatus> byType() {
        Map<Class<? extends Throwable>, ExitStatus> types = new LinkedHashMap<>();
        types.put(ParameterException.class, USAGE);
        types.put(SnapshotConfigurationException.class, USAGE);
        types.put(StoreAccessException.class, USAGE);
        types.put(InvalidPathException.class, USAGE);
        types.put(SnapshotKeyException.class, KEY);
        types.put(SnapshotNotFoundException.class, NOT_FOUND);
        types.put(DatabaseNotFoundException.class, NOT_FOUND);
        types.put(ContainerMissingException.class, NOT_FOUND);
        types.put(NoSuchFileException.class, NOT_FOUND);
        types.put(CorruptSnapshotException.class, CORRUPT);
        types.put(CorruptSequenceMapException.class, CORRUPT);
        types.put(UnsupportedFormatException.class, CORRUPT);
        types.put(DatabaseDamagedException.class, CORRUPT);
        types.put(StoreUnavailableException.class, UNAVAILABLE);
        types.put(StreamUnavailableException.class, UNAVAILABLE);
        types.put(IndeterminateCommitException.class, UNAVAILABLE);
        types.put(SchemaMismatchException.class, DECISION);
        types.put(StreamGapException.class, DECISION);
        types.put(StreamResetException.class, DECISION);
        types.put(PositionsLostException.class, DECISION);
        types.put(UnknownPositionsException.class, DECISION);
        types.put(QuarantinedRowsException.class, DECISION);
        types.put(PendingChangesException.class, DECISION);
        types.put(HandoverRejectedException.class, DECISION);
        types.put(ChangeRejectedException.class, DECISION);
        types.put(SnapshotInProgressException.class, BUSY);
        types.put(DatabaseInUseException.class, BUSY);
        types.put(SequenceMapInUseException.class, BUSY);
        types.put(InsufficientSpaceException.class, NO_SPACE);
        types.put(StoreFullException.class, NO_SPACE);
        types.put(OutOfMemoryError.class, NO_SPACE);
        types.put(ResultLostException.class, FAILED);
        types.put(SnapshotInterruptedException.class, INTERRUPTED);
        types.put(SocketTimeoutException.class, UNAVAILABLE);
        types.put(InterruptedIOException.class, INTERRUPTED);
        types.put(IOException.class, UNAVAILABLE);
        return types;
    }

    /** Returns the status for an exception. A missing container and an invalid path keep theirs in any other exception. */
    static ExitStatus of(Throwable failure) {
        Throwable cause = failure.getCause();
        if (cause instanceof ContainerMissingException || cause instanceof InvalidPathException) {
            return of(cause);
        }
        return BY_TYPE.entrySet().stream()
                .filter(entry -> entry.getKey().isInstance(failure))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(FAILED);
    }

    /** Returns the worst of several statuses. */
    static ExitStatus worst(Stream<ExitStatus> statuses) {
        return statuses.min(Comparator.comparing(WORST_FIRST::indexOf)).orElse(DONE);
    }

    /** Returns the status as a number, for the shell. */
    int code() {
        return code;
    }

    /** Returns the status as a word, for JSON. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
