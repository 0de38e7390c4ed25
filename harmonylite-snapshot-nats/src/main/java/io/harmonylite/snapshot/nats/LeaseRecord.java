package io.harmonylite.snapshot.nats;

import io.nats.client.api.MessageInfo;
import io.nats.client.impl.Headers;
import java.io.IOException;

/** The content of a lease's key, as written and read by one node. */
interface LeaseRecord {

    /** Returns the value to write while the lease is held. */
    byte[] held();

    /** Returns the value to write to give the lease back. */
    byte[] givenBack();

    /** Adds the headers that belong to {@link #givenBack}. */
    Headers givingBack(Headers headers);

    /** Returns whether this node wrote the last message. */
    boolean isOurs(MessageInfo last) throws IOException;

    /** Returns whether the last message leaves the lease free. */
    boolean isFree(MessageInfo last) throws IOException;
}
