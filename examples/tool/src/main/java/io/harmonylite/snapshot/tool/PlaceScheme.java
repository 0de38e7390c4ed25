package io.harmonylite.snapshot.tool;

import java.io.IOException;
import java.net.URI;

/** One kind of place. What it throws, {@link ExitStatus} understands, and holds no secret. */
interface PlaceScheme {

    /** What a URI of this kind looks like, for messages. */
    String form();

    /**
     * Refuses a URI that does not fit; does no I/O.
     *
     * @throws IllegalArgumentException where it does not, saying why
     */
    void check(URI uri);

    /** Opens the place; what it returns closes everything it opened. */
    Place open(URI uri, S3Options s3, NatsOptions nats) throws IOException;
}
