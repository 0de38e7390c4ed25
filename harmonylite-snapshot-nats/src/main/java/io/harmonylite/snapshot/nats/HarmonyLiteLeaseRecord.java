package io.harmonylite.snapshot.nats;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import com.fasterxml.jackson.dataformat.cbor.CBORParser;
import io.nats.client.api.MessageInfo;
import io.nats.client.impl.Headers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;

/**
 * The value of HarmonyLite's lease key: a CBOR map of {@code NodeID} and {@code Timestamp}, in milliseconds since 1970.
 * Expires by the clock of the node that reads it. Immutable.
 */
final class HarmonyLiteLeaseRecord implements LeaseRecord {

    private static final CBORFactory CBOR = new CBORFactory();
    private static final String NODE = "NodeID";
    private static final String TIMESTAMP = "Timestamp";

    private final long node;
    private final Duration lasts;
    private final InstantSource clock;

    HarmonyLiteLeaseRecord(long node, Duration lasts, InstantSource clock) {
        this.node = node;
        this.lasts = lasts;
        this.clock = clock;
    }

    @Override
    public byte[] held() {
        return encoded(clock.millis());
    }

    /** Returns a record with an expired timestamp: as in HarmonyLite, the key is never removed. */
    @Override
    public byte[] givenBack() {
        return encoded(0);
    }

    @Override
    public Headers givingBack(Headers headers) {
        return headers;
    }

    @Override
    public boolean isOurs(MessageInfo last) throws IOException {
        return !isRemoved(last) && Entry.decode(last).node() == node;
    }

    @Override
    public boolean isFree(MessageInfo last) throws IOException {
        return isRemoved(last) || Entry.decode(last).millis() <= clock.millis() - lasts.toMillis();
    }

    private static boolean isRemoved(MessageInfo last) {
        byte[] data = last.getData();
        return data == null || data.length == 0;
    }

    private byte[] encoded(long millis) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (CBORGenerator cbor = CBOR.createGenerator(bytes)) {
            cbor.writeStartObject(this, 2);
            cbor.writeNumberField(NODE, node);
            cbor.writeNumberField(TIMESTAMP, millis);
            cbor.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private record Entry(long node, long millis) {

        static Entry decode(MessageInfo message) throws IOException {
            try (CBORParser parser = CBOR.createParser(message.getData())) {
                return read(parser);
            } catch (IOException e) {
                throw new IOException(message.getSubject() + " is not a HarmonyLite lease: " + e.getMessage(), e);
            }
        }

        private static Entry read(CBORParser parser) throws IOException {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("not a map");
            }
            Long node = null;
            Long millis = null;
            for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
                if (parser.nextToken() != JsonToken.VALUE_NUMBER_INT) {
                    throw new IOException(key + " is not an integer");
                }
                long value = parser.getBigIntegerValue().longValue();
                node = key.equals(NODE) ? Long.valueOf(value) : node;
                millis = key.equals(TIMESTAMP) ? Long.valueOf(value) : millis;
            }
            if (node == null || millis == null) {
                throw new IOException(NODE + " or " + TIMESTAMP + " is missing");
            }
            return new Entry(node, millis);
        }
    }
}
