package io.harmonylite.snapshot.nats;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The digest of an object in an object store: SHA-256, written as {@code SHA-256=} and base64url. Not thread-safe. */
final class ObjectDigest {

    private static final String PREFIX = "SHA-256=";

    private final MessageDigest digest;

    ObjectDigest() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    void update(byte[] bytes) {
        digest.update(bytes);
    }

    /** Returns the digest of all bytes so far and resets it. */
    String value() {
        return PREFIX + Base64.getUrlEncoder().encodeToString(digest.digest());
    }

    /** Returns whether a stored digest, with or without padding, equals this one and resets it. */
    boolean matches(@Nullable String stored) {
        String own = value();
        return own.equals(stored)
                || own.replace("=", "").equals(String.valueOf(stored).replace("=", ""));
    }
}
