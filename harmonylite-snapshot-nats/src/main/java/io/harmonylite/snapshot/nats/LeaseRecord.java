package io.harmonylite.snapshot.nats;

import io.nats.client.api.MessageInfo;
import io.nats.client.impl.Headers;
import java.io.IOException;

/** What the key of a lease holds, as one who wants it reads and writes it. */
interface LeaseRecord {

    /** What its holder writes now. */
    byte[] held();

    /** What its holder writes to give it back. */
    byte[] givenBack();

    /** Adds what goes with {@link #givenBack}. */
    Headers givingBack(Headers headers);

    /** Whether the last one to write was this one. */
    boolean isOurs(MessageInfo last) throws IOException;

    /** Whether the last one to write holds it no more. */
    boolean isFree(MessageInfo last) throws IOException;
}
