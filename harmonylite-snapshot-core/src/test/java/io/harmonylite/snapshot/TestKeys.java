package io.harmonylite.snapshot;

import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import java.security.GeneralSecurityException;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Keys of tests. */
final class TestKeys {

    private static final SnapshotKeys KEYS = SnapshotKeys.of(keyset());

    private TestKeys() {}

    /** Creates a keyset with a random key. */
    static KeysetHandle keyset() {
        try {
            AeadConfig.register();
            return KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM, RegistryConfiguration.get());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns keys, or none. */
    static @Nullable SnapshotKeys any(Random random) {
        return random.nextBoolean() ? KEYS : null;
    }

    static SnapshotManager.Builder with(@Nullable SnapshotKeys keys, SnapshotManager.Builder builder) {
        return keys == null ? builder : builder.keys(keys);
    }

    static SnapshotRepository.Builder with(@Nullable SnapshotKeys keys, SnapshotRepository.Builder builder) {
        return keys == null ? builder : builder.keys(keys);
    }
}
