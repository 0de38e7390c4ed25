package io.harmonylite.snapshot.tool;

import java.io.IOException;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The kinds of places that hold a snapshot of HarmonyLite's, by the scheme of their URIs. */
final class Places {

    /** A new kind of place is one more entry here. */
    private static final Map<String, PlaceScheme> SCHEMES =
            new TreeMap<>(Map.of("file", new FilePlace(), "nats", new NatsPlace(), "s3", new S3Place()));

    private Places() {}

    /**
     * Returns a URI that names a place.
     *
     * @throws IllegalArgumentException where it does not
     */
    static URI check(URI uri) {
        scheme(uri).check(uri);
        return uri;
    }

    /** Opens a place. */
    static Place open(PlaceUri place, S3Options s3, NatsOptions nats) throws IOException {
        return scheme(place.uri()).open(place.uri(), s3, nats);
    }

    private static PlaceScheme scheme(URI uri) {
        PlaceScheme scheme = SCHEMES.get(uri.getScheme().toLowerCase(Locale.ROOT));
        if (scheme == null) {
            String forms = SCHEMES.values().stream().map(PlaceScheme::form).collect(Collectors.joining(" or "));
            throw new IllegalArgumentException("there is no kind of place '" + uri.getScheme() + "'; write " + forms);
        }
        return scheme;
    }
}
