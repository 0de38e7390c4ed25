package io.harmonylite.snapshot.internal.format;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeyStatus;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import io.harmonylite.snapshot.exception.SnapshotKeyException;
import java.security.GeneralSecurityException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Keys of Tink. Unwrapped data keys are kept in memory, because a key management service may be asked otherwise for each
 * snapshot of each listing. Thread-safe.
 *
 * @see <a href="https://developers.google.com/tink">Tink</a>
 */
public final class TinkKeyRing implements KeyRing {

    private static final int KEPT = 1000;

    private final String first;
    private final Map<String, Aead> keys;
    private final Map<Digest, byte[]> opened = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Digest, byte[]> eldest) {
            return size() > KEPT;
        }
    };

    private TinkKeyRing(String first, Map<String, Aead> keys) {
        this.first = first;
        this.keys = keys;
    }

    /** Creates a ring of one key. */
    public static TinkKeyRing of(String id, Aead key) {
        return new TinkKeyRing(id, Map.of(id, key));
    }

    /**
     * Creates a ring of the enabled keys of a keyset, whose primary key is the first.
     *
     * @throws IllegalArgumentException if they are no keys for authenticated encryption
     */
    public static TinkKeyRing of(KeysetHandle keyset) {
        try {
            AeadConfig.register();
            Aead aead = keyset.getPrimitive(RegistryConfiguration.get(), Aead.class);
            Map<String, Aead> keys = new LinkedHashMap<>();
            IntStream.range(0, keyset.size())
                    .mapToObj(keyset::getAt)
                    .filter(entry -> entry.getStatus() == KeyStatus.ENABLED)
                    .forEach(entry -> keys.put(Integer.toUnsignedString(entry.getId()), aead));
            return new TinkKeyRing(Integer.toUnsignedString(keyset.getPrimary().getId()), keys);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("the keyset has no keys for authenticated encryption (AEAD)", e);
        }
    }

    /** Returns a new keyset with one random key, as JSON of Tink. It is secret. */
    public static String create() throws GeneralSecurityException {
        AeadConfig.register();
        return TinkJsonProtoKeysetFormat.serializeKeyset(
                KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM, RegistryConfiguration.get()),
                RegistryConfiguration.get(),
                InsecureSecretKeyAccess.get());
    }

    /**
     * Creates a ring from a keyset as JSON of Tink.
     *
     * @throws GeneralSecurityException if it is no such keyset
     */
    public static TinkKeyRing parse(String json) throws GeneralSecurityException {
        AeadConfig.register();
        return of(TinkJsonProtoKeysetFormat.parseKeyset(
                json, RegistryConfiguration.get(), InsecureSecretKeyAccess.get()));
    }

    @Override
    public String first() {
        return first;
    }

    /** Returns the ids of all keys. */
    public List<String> ids() {
        return List.copyOf(keys.keySet());
    }

    @Override
    public byte[] wrap(byte[] secret, byte[] context) {
        try {
            return aead(first).encrypt(secret, context);
        } catch (GeneralSecurityException e) {
            throw failed("key " + first + " cannot be used: " + e.getMessage(), first, e);
        }
    }

    @Override
    public byte[] unwrap(String key, byte[] wrapped, byte[] context) {
        byte[] both = new byte[wrapped.length + context.length];
        System.arraycopy(wrapped, 0, both, 0, wrapped.length);
        System.arraycopy(context, 0, both, wrapped.length, context.length);
        Digest digest = Digest.of(both);
        synchronized (opened) {
            byte[] known = keys.containsKey(key) ? opened.get(digest) : null;
            if (known != null) {
                return known;
            }
        }
        byte[] secret = decrypt(key, wrapped, context);
        synchronized (opened) {
            opened.put(digest, secret);
        }
        return secret;
    }

    private byte[] decrypt(String key, byte[] wrapped, byte[] context) {
        try {
            return aead(key).decrypt(wrapped, context);
        } catch (GeneralSecurityException e) {
            throw failed(
                    "key " + key + " does not open the snapshot: the key is another one of this id, or the snapshot is"
                            + " forged; configure the key that sealed it",
                    key,
                    e);
        }
    }

    private Aead aead(String key) {
        Aead aead = keys.get(key);
        if (aead == null) {
            throw new SnapshotKeyException(
                    "the snapshot is sealed with key " + key + ", which is not among the keys " + ids() + "; add it",
                    key);
        }
        return aead;
    }

    private static SnapshotKeyException failed(String message, String key, GeneralSecurityException cause) {
        SnapshotKeyException failure = new SnapshotKeyException(message, key);
        failure.initCause(cause);
        return failure;
    }

    @Override
    public String toString() {
        return "keys " + ids();
    }
}
