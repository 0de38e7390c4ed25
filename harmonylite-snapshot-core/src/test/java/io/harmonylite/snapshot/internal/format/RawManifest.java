package io.harmonylite.snapshot.internal.format;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A manifest as mutable maps; {@link #seal()} computes the digests. */
final class RawManifest {

    private static final ObjectMapper CBOR = new ObjectMapper(new CBORFactory());
    private static final int MAGIC = 8;

    final Map<Object, Object> head;
    final Map<Object, Object> body;
    private boolean bodyEntryKept;

    /** An encoded body in place of {@link #body}, or null. */
    byte[] rawBody;

    private RawManifest(Map<Object, Object> head, Map<Object, Object> body) {
        this.head = head;
        this.body = body;
    }

    static RawManifest of(Manifest manifest) throws Exception {
        byte[] bytes = ManifestCodec.encode(manifest);
        int headLength = CborReader.itemLength(bytes, MAGIC, bytes.length - MAGIC);
        int bodyOffset = MAGIC + headLength + Digest.LENGTH;
        return new RawManifest(
                map(bytes, MAGIC, headLength), map(bytes, bodyOffset, bytes.length - bodyOffset - Digest.LENGTH));
    }

    private static Map<Object, Object> map(byte[] bytes, int offset, int length) throws IOException {
        return CBOR.readValue(bytes, offset, length, new TypeReference<LinkedHashMap<Object, Object>>() {});
    }

    /** Returns the head's map that locates the body. */
    Map<Object, Object> bodyEntry() {
        return of(head.get("body"));
    }

    Map<Object, Object> pack(int number) {
        return of(((List<?>) body.get("packs")).get(number));
    }

    Map<Object, Object> leaf(int number) {
        return of(((List<?>) body.get("leaves")).get(number));
    }

    Map<Object, Object> position(String stream) {
        return of(of(head.get("positions")).get(stream));
    }

    @SuppressWarnings("unchecked") // Decoded lists have no other type.
    List<Object> list(Map<Object, Object> map, String key) {
        return (List<Object>) map.get(key);
    }

    /** Keeps the head's entry for the body, even if it is wrong. */
    RawManifest keepBodyEntry() {
        bodyEntryKept = true;
        return this;
    }

    /** Encodes the manifest with right digests. */
    byte[] seal() {
        byte[] encodedBody = rawBody == null ? RawCbor.encode(body) : rawBody;
        byte[] encodedHead = RawCbor.encode(head);
        for (int length = -1; !bodyEntryKept && length != encodedHead.length; ) {
            length = encodedHead.length;
            bodyEntry().put("offset", MAGIC + length + Digest.LENGTH);
            bodyEntry().put("length", encodedBody.length);
            bodyEntry().put("sha256", Digest.of(encodedBody).bytes());
            encodedHead = RawCbor.encode(head);
        }
        return seal(encodedHead, encodedBody);
    }

    /** Encodes two arbitrary parts as a manifest. */
    static byte[] seal(byte[] head, byte[] body) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(new byte[] {(byte) 0x89, 'H', 'L', 'S', '\r', '\n', 0x1a, '\n'});
        for (byte[] part : List.of(head, body)) {
            all.writeBytes(part);
            all.writeBytes(Digest.of(all.toByteArray()).bytes());
        }
        return all.toByteArray();
    }

    @SuppressWarnings("unchecked") // Decoded maps have no other type.
    private static Map<Object, Object> of(Object value) {
        return (Map<Object, Object>) value;
    }
}
