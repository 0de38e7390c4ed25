package io.harmonylite.snapshot.tool;

import io.nats.client.AuthHandler;
import io.nats.client.NKey;
import java.io.IOException;
import java.security.GeneralSecurityException;

/** Signs the server's challenge by the nkey of a user. */
final class NkeyHandler implements AuthHandler {

    private final NKey user;

    NkeyHandler(NKey user) {
        this.user = user;
    }

    @Override
    public byte[] sign(byte[] nonce) {
        try {
            return user.sign(nonce);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("the nkey cannot sign", e);
        }
    }

    @Override
    public char[] getID() {
        try {
            return user.getPublicKey();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("the nkey has no public key", e);
        }
    }

    @Override
    public char[] getJWT() {
        return new char[0];
    }
}
