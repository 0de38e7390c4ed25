package io.harmonylite.snapshot.internal.format;

import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import java.util.function.Supplier;

/** Reports that the native library of a dependency could not be loaded. It is unpacked to the temporary directory. */
public final class NativeLibrary {

    private NativeLibrary() {}

    /**
     * Runs code that loads zstd if it is not loaded yet.
     *
     * @throws SnapshotConfigurationException if it cannot be loaded
     */
    static <T> T zstd(Supplier<T> code) {
        try {
            return code.get();
        } catch (LinkageError e) {
            throw zstdNotLoaded(e);
        }
    }

    static SnapshotConfigurationException zstdNotLoaded(LinkageError cause) {
        return notLoaded("zstd", "ZstdTempFolder", cause);
    }

    /**
     * Returns the exception for a library that could not be loaded.
     *
     * @param property system property that names the directory of this library alone
     */
    public static SnapshotConfigurationException notLoaded(String library, String property, Throwable cause) {
        String directory = System.getProperty(property, System.getProperty("java.io.tmpdir"));
        return new SnapshotConfigurationException(
                "the native library of " + library + " cannot be loaded from the temporary directory " + directory
                        + ": it must exist, be writable, have space and not be mounted noexec; choose another one by"
                        + " -Djava.io.tmpdir=DIR. If the locale of this process cannot express its name, set"
                        + " LC_ALL=C.UTF-8",
                cause);
    }
}
