package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.store.StoreAccessException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The URI of a store or of HarmonyLite's snapshot. Its text has no user and no password.
 *
 * @param uri the URI as given; may contain a password
 */
record StorageUri(URI uri) {

    /** A new scheme is one more entry here. */
    private static final Map<String, Scheme> SCHEMES = new TreeMap<>(
            Map.of("file", new FileScheme(), "nats", new NatsScheme(), "tls", new NatsScheme(), "s3", new S3Scheme()));

    /**
     * Parses a URI.
     *
     * @throws IllegalArgumentException if it is not a URI, its scheme is unknown, or it is not of its scheme's form
     */
    static StorageUri parse(String text) {
        try {
            StorageUri parsed = new StorageUri(new URI(NatsServers.withOneScheme(text)));
            if (parsed.uri.getScheme() == null) {
                throw new IllegalArgumentException("'" + text + "' is not a URI; for a path write "
                        + Path.of(text).toAbsolutePath().normalize().toUri());
            }
            parsed.scheme().check(parsed.uri);
            return parsed;
        } catch (URISyntaxException e) {
            String position = e.getIndex() < 0 ? "" : " at character " + (e.getIndex() + 1);
            throw new IllegalArgumentException(
                    "not a URI: " + e.getReason() + position + "; write a space as %20, for instance", e);
        }
    }

    /** Returns the scheme, in lower case. */
    private String name() {
        return uri.getScheme().toLowerCase(Locale.ROOT);
    }

    /** Returns the prefix of the options for this scheme: {@code nats}, {@code s3} or {@code file}. */
    String optionPrefix() {
        return NatsServers.SCHEMES.contains(name()) ? "nats" : name();
    }

    /**
     * Rejects options on the command line of a scheme that no URI has. Variables may be set for other commands.
     *
     * @param prefix beginning of the options, before the scheme
     * @param used schemes whose options the command itself uses
     */
    static void rejectUnused(CommandSpec command, String prefix, Set<String> used, StorageUri... uris)
            throws StoreAccessException {
        for (String scheme : List.of("s3", "nats")) {
            if (Variables.areOnCommandLine(command, prefix + scheme + "-")
                    && !used.contains(scheme)
                    && Arrays.stream(uris).noneMatch(uri -> uri.optionPrefix().equals(scheme))) {
                throw new StoreAccessException("options that begin with " + prefix + scheme + " do not apply to "
                        + Arrays.stream(uris).map(StorageUri::toString).collect(Collectors.joining(" or "))
                        + "; leave them out");
            }
        }
    }

    private Scheme scheme() {
        Scheme scheme = SCHEMES.get(name());
        if (scheme == null) {
            throw new IllegalArgumentException("unknown URI scheme '" + uri.getScheme() + "'; write "
                    + SCHEMES.values().stream().map(Scheme::form).distinct().collect(Collectors.joining(" or ")));
        }
        return scheme;
    }

    /** Opens an existing store. */
    SnapshotStore open(StorageOptions options) throws IOException {
        return scheme().open(uri, options);
    }

    /** Opens a store, and creates it first if it is missing and its scheme can create it. */
    SnapshotStore create(StorageOptions options) throws IOException {
        return scheme().create(uri, options);
    }

    /** Opens the location of HarmonyLite's snapshot. */
    HarmonyLiteLocation openHarmonyLite(StorageOptions options) throws IOException {
        return scheme().openHarmonyLite(uri, options);
    }

    @Override
    public String toString() {
        return Secrets.hide(uri.toString());
    }
}
