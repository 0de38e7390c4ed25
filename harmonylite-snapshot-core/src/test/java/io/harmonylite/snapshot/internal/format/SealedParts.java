package io.harmonylite.snapshot.internal.format;

import io.harmonylite.snapshot.internal.format.DataKey.Kind;
import java.util.LinkedHashMap;
import java.util.Map;

/** Parts of a sealed manifest with any content, as a holder of the key could write them. */
final class SealedParts {

    private SealedParts() {}

    /** Returns a body whose packs are those of a manifest. */
    static byte[] body(Manifest manifest, byte[] contents) {
        DataKey key = manifest.key();
        if (key == null) {
            throw new IllegalArgumentException("the manifest is not sealed");
        }
        Map<Object, Object> body = new LinkedHashMap<>();
        body.put("packs", manifest.packs().stream().map(SealedParts::pack).toList());
        body.put("sealed", key.seal(Kind.BODY, contents, new byte[0]));
        return RawCbor.encode(body);
    }

    private static Map<Object, Object> pack(PackEntry pack) {
        Map<Object, Object> map = new LinkedHashMap<>();
        map.put("name", pack.name().toString());
        map.put("size", pack.size());
        map.put("sha256", pack.sha256().bytes());
        map.put("codec", "zstd+aes-256-gcm");
        map.put("pages", pack.pages());
        return map;
    }

    /** Returns a head with these sealed values. */
    static HeadCodec.Decoded head(ManifestHead head, DataKey key, byte[] contents) {
        HeadCodec.Body body = new HeadCodec.Body(0, 0, Digest.of(new byte[0]));
        byte[] sealed = key.seal(Kind.HEAD, contents, HeadCodec.authenticated(head, body));
        ManifestSeal seal = head.seal().orElseThrow().with(sealed);
        return new HeadCodec.Decoded(head.with(seal), body);
    }
}
