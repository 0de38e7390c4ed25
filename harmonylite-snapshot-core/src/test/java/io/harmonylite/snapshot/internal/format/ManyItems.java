package io.harmonylite.snapshot.internal.format;

import io.harmonylite.snapshot.internal.format.RawCbor.Raw;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The body of a manifest with one item repeated in one of its places. */
enum ManyItems {
    /** The array of packs. */
    PACKS,
    /** The array of leaves. */
    LEAVES,
    /** The layers of the only leaf. */
    LAYERS,
    /** An array under an unknown key. */
    UNKNOWN_ARRAY,
    /** A map under an unknown key; its keys are numbered. */
    UNKNOWN_MAP,
    /** Unknown keys of the body itself; they are numbered. */
    UNKNOWN_KEYS;

    /** Returns a body of about this length. */
    byte[] body(byte[] item, int length) {
        ByteArrayOutputStream many = new ByteArrayOutputStream();
        many.write(this == UNKNOWN_MAP || this == UNKNOWN_KEYS ? 0xbf : 0x9f); // Indefinite length.
        for (int i = 0; many.size() < length; i++) {
            if (this == UNKNOWN_MAP || this == UNKNOWN_KEYS) {
                many.writeBytes(RawCbor.encode(Integer.toString(i, Character.MAX_RADIX)));
            }
            many.writeBytes(item.length == 0 ? new byte[1] : item);
        }
        many.write(0xff);
        Raw raw = new Raw(many.toByteArray());
        if (this == UNKNOWN_KEYS) {
            return raw.bytes();
        }
        Map<Object, Object> body = new LinkedHashMap<>();
        body.put("x", this == UNKNOWN_ARRAY || this == UNKNOWN_MAP ? raw : 1);
        body.put("packs", this == PACKS ? raw : List.of());
        body.put("leaves", this == LEAVES ? raw : this == LAYERS ? List.of(leaf(raw)) : List.of());
        return RawCbor.encode(body);
    }

    private static Map<Object, Object> leaf(Raw layers) {
        Map<Object, Object> leaf = new LinkedHashMap<>();
        leaf.put("digest", Digest.of("leaf".getBytes(StandardCharsets.UTF_8)).bytes());
        leaf.put("layers", layers);
        return leaf;
    }
}
