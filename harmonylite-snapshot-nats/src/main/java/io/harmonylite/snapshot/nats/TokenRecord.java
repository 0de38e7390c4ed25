package io.harmonylite.snapshot.nats;

import io.nats.client.NUID;
import io.nats.client.api.MessageInfo;
import io.nats.client.impl.Headers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A lease record with a unique token, in a bucket that removes it when it expires. Immutable. */
final class TokenRecord implements LeaseRecord {

    private static final String OPERATION = "KV-Operation";

    private final byte[] token = NUID.nextGlobal().getBytes(StandardCharsets.US_ASCII);

    @Override
    public byte[] held() {
        return token;
    }

    @Override
    public byte[] givenBack() {
        return new byte[0];
    }

    @Override
    public Headers givingBack(Headers headers) {
        return headers.add(OPERATION, "DEL");
    }

    @Override
    public boolean isOurs(MessageInfo last) {
        return Arrays.equals(token, last.getData());
    }

    @Override
    public boolean isFree(MessageInfo last) {
        Headers headers = last.getHeaders();
        return headers != null && headers.containsKey(OPERATION);
    }
}
