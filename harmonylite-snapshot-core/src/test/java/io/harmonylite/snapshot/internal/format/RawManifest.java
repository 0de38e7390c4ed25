package io.harmonylite.snapshot.internal.format;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A manifest as maps that can be bent in every way, with the digests made good again around it. */
final class RawManifest {

    private static final ObjectMapper CBOR = new ObjectMapper(new CBORFactory());
    private static final int MAGIC = 8;

    final Map<Object, Object> head;
    final Map<Object, Object> body;
    private boolean bodyEntryKept;

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

    /** The head's own map that says where the body is. */
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

    /** Leaves the head's word on its body as it is, right or wrong. */
    RawManifest keepBodyEntry() {
        bodyEntryKept = true;
        return this;
    }

    /** The manifest, with every digest right. */
    byte[] seal() {
        byte[] encodedBody = RawCbor.encode(body);
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

    /** Two parts, whatever they are, as a manifest. */
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
