package io.harmonylite.snapshot.nats.testing;

import io.nats.client.NKey;
import io.nats.client.support.JsonSerializable;
import io.nats.client.support.JwtUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;

/**
 * A NATS operator with one account and one user. A server with its configuration accepts only clients with the user's
 * credentials file. Immutable.
 */
public final class NatsOperator {

    private static final String LIMITS = "{\"subs\":-1,\"data\":-1,\"payload\":-1,\"imports\":-1,\"exports\":-1,"
            + "\"wildcards\":true,\"conn\":-1,\"leaf\":-1,\"mem_storage\":N,\"disk_storage\":N,\"streams\":N,\"consumer\":N}";

    private final String[] configuration;
    private final String credentials;

    private NatsOperator(String[] configuration, String credentials) {
        this.configuration = configuration;
        this.credentials = credentials;
    }

    /** Creates an operator with new keys. */
    public static NatsOperator create() throws IOException, GeneralSecurityException {
        SecureRandom random = new SecureRandom();
        NKey operator = NKey.createOperator(random);
        NKey account = NKey.createAccount(random);
        NKey system = NKey.createAccount(random);
        NKey user = NKey.createUser(random);
        String[] configuration = {
            "operator: " + claims(operator, operator, "operator", "{\"type\":\"operator\",\"version\":2}"),
            "system_account: " + publicKey(system),
            "resolver: MEMORY",
            "resolver_preload: { " + publicKey(account) + ": " + account(operator, account, -1) + ", "
                    + publicKey(system) + ": " + account(operator, system, 0) + " }"
        };
        String jwt = JwtUtils.issueUserJWT(account, publicKey(account), publicKey(user));
        String text = String.format(JwtUtils.NATS_USER_JWT_FORMAT, jwt, new String(user.getSeed()));
        return new NatsOperator(configuration, text);
    }

    /** Returns lines for the configuration file of a server. */
    public String[] configuration() {
        return configuration.clone();
    }

    /** Writes the user's credentials file. */
    public Path credentials(Path file) throws IOException {
        return Files.writeString(file, credentials);
    }

    private static String account(NKey operator, NKey account, int streams)
            throws IOException, GeneralSecurityException {
        String nats = "{\"type\":\"account\",\"version\":2,\"limits\":" + LIMITS + "}";
        return claims(operator, account, "account", nats.replace("N", Integer.toString(streams)));
    }

    private static String claims(NKey issuer, NKey subject, String name, String nats)
            throws IOException, GeneralSecurityException {
        JsonSerializable body = () -> nats;
        return JwtUtils.issueJWT(
                issuer, publicKey(subject), name, null, JwtUtils.currentTimeSeconds(), publicKey(issuer), body);
    }

    private static String publicKey(NKey key) throws IOException, GeneralSecurityException {
        return new String(key.getPublicKey());
    }
}
