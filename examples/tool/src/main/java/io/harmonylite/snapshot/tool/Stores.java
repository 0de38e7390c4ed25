package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The kinds of stores there are, by the scheme of their URIs. */
final class Stores {

    /** A new kind of store is one more entry here. */
    private static final Map<String, StoreScheme> SCHEMES =
            new TreeMap<>(Map.of("file", new FileScheme(), "nats", new NatsScheme(), "s3", new S3Scheme()));

    private Stores() {}

    /**
     * Returns a URI that names a store.
     *
     * @throws IllegalArgumentException where it does not
     */
    static URI check(URI uri) {
        scheme(uri).check(uri);
        return uri;
    }

    /** Opens a store that is there. */
    static SnapshotStore open(StoreOptions options) throws IOException {
        return scheme(options.uri()).open(options);
    }

    /** Opens a store, creating it where that is possible. */
    static SnapshotStore create(StoreOptions options) throws IOException {
        return scheme(options.uri()).create(options);
    }

    private static StoreScheme scheme(URI uri) {
        StoreScheme scheme = SCHEMES.get(uri.getScheme().toLowerCase(Locale.ROOT));
        if (scheme == null) {
            throw new IllegalArgumentException("there is no kind of store '" + uri.getScheme() + "'; write " + forms());
        }
        return scheme;
    }

    private static String forms() {
        return SCHEMES.values().stream().map(StoreScheme::form).collect(Collectors.joining(" or "));
    }
}
