#!/usr/bin/env python3
"""Restores a snapshot from a directory store, without the library. Written from docs/format.md alone.

usage: restore.py STORE NAME OUTPUT [SNAPSHOT]

Without a snapshot id the latest snapshot is restored. The output is a SQLite database that must not exist yet.
Every digest is checked. Exit status: 0 restored, 1 not restored, 2 wrong usage. Needs Python 3.8 and `zstandard`.
"""

import hashlib
import os
import re
import sqlite3
import sys
import time
import zstandard

MAGIC = b"\x89HLS\r\n\x1a\n"
MIB = 1 << 20
DIGEST = 32
MAX_HEAD, MAX_MANIFEST, MAX_PACK, MAX_TABLE = 64 << 10, 64 * MIB, 18 * MIB, MIB
LEAF, FRAME = 16 * MIB, MIB
MAX_DEPTH, MAX_TEXT, MAX_KEYS = 16, 1024, 4096
ID = re.compile(r"\d{8}T\d{9}Z-(\w{1,32})-[0-9a-f]{16}", re.ASCII)
DUPLICATE, BREAK = object(), object()


class Damaged(Exception):
    """The snapshot is not what its digests say, or contradicts itself."""


class TooNew(Exception):
    """The snapshot needs a later version of the format."""


def require(condition, what):
    if not condition:
        raise Damaged(what)


def sha256(*parts):
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.digest()


# --- CBOR, RFC 8949 ---


def decode(data, at, depth=0):
    """Decodes one item; returns it and the offset behind it. Values that the format does not use become None."""
    try:
        return item(data, at, depth)
    except (IndexError, UnicodeDecodeError) as e:
        raise Damaged("malformed CBOR: %s" % e) from e


def item(data, at, depth):
    major, short = data[at] >> 5, data[at] & 31
    number, at = argument(data, at + 1, short)
    if major < 2:
        require(number is not None, "an integer without a length")
        return (number if major == 0 else ~number), at
    if major in (2, 3):
        content, at = string(data, at, number, major)
        text = content.decode("utf-8") if major == 3 else content
        require(major == 2 or len(text) <= MAX_TEXT, "a text is too long")
        return text, at
    if major in (4, 5):
        require(depth < MAX_DEPTH, "nested too deeply")
        return (array if major == 4 else mapping)(data, at, number, depth + 1)
    if major == 6:  # A tag does not change the value.
        require(depth < MAX_DEPTH, "nested too deeply")
        return decode(data, at, depth + 1)
    return (BREAK if short == 31 else None), at


def argument(data, at, short):
    """Returns an item's argument and the offset behind it; None for an indefinite length."""
    if short < 24:
        return short, at
    if short == 31:
        return None, at
    require(short < 28, "a reserved length")
    length = 1 << (short - 24)
    return int.from_bytes(cut(data, at, length), "big"), at + length


def cut(data, at, length):
    require(0 <= at and 0 <= length <= len(data) - at, "bytes are missing")
    return data[at : at + length]


def string(data, at, length, major):
    if length is not None:
        return bytes(cut(data, at, length)), at + length
    parts = []
    while data[at] != 0xFF:
        require(data[at] >> 5 == major and data[at] & 31 != 31, "a part of another type")
        length, at = argument(data, at + 1, data[at] & 31)
        parts.append(cut(data, at, length))
        at += length
    return b"".join(parts), at + 1


def array(data, at, length, depth):
    values = []
    while length is None or len(values) < length:
        value, at = decode(data, at, depth)
        if value is BREAK:
            require(length is None, "an unexpected end")
            break
        values.append(value)
    return values, at


def mapping(data, at, length, depth):
    values, count = {}, 0
    while length is None or count < length:
        key, at = decode(data, at, depth)
        if key is BREAK:
            require(length is None, "an unexpected end")
            break
        value, at = decode(data, at, depth)
        require(value is not BREAK, "a key without value")
        count += 1
        require(count <= MAX_KEYS, "too many keys")
        if isinstance(key, str):
            values[key] = DUPLICATE if key in values else value
    return values, at


def field(values, key, kind, missing=None):
    value = values.get(key, missing)
    require(isinstance(value, kind), "no right value of '%s'" % key)
    return value


def digest_field(values, key):
    value = field(values, key, bytes)
    require(len(value) == DIGEST, "'%s' is no digest" % key)
    return value


def count_field(values, key, missing=None, most=2**63 - 1):
    value = field(values, key, int, missing)
    require(0 <= value <= most, "'%s' is out of range" % key)
    return value


# --- Manifest ---


class Manifest:
    """A checked manifest: the head, packs, and for each leaf its digest and layers."""

    def __init__(self, data, name, snapshot):
        require(data[: len(MAGIC)] == MAGIC, "not a manifest")
        self.head, end = decode(data[:MAX_HEAD], len(MAGIC))
        body_at = check_digest(data, 0, end, "head")
        require(body_at <= MAX_HEAD and isinstance(self.head, dict), "a wrong head")
        self.read_head(name, snapshot)
        body_end = check_digest(data, 0, len(data) - DIGEST, "manifest") - DIGEST
        entry = field(self.head, "body", dict)
        length = count_field(entry, "length")
        require(count_field(entry, "offset") == body_at and length == body_end - body_at, "a wrong place of the body")
        require(sha256(data[body_at:body_end]) == digest_field(entry, "sha256"), "wrong digest of the body")
        body, end = decode(data, body_at)
        require(end == body_end and isinstance(body, dict), "a wrong body")
        self.read_packs(field(body, "packs", list))
        self.read_leaves(field(body, "leaves", list))

    def read_head(self, name, snapshot):
        head = self.head
        version = field(head, "format", int)
        require(version >= 1, "a wrong format")
        requires = field(head, "requires", list)
        if version > 1 or requires:
            raise TooNew("format %d with %s" % (version, requires))
        own = (field(head, "name", str), field(head, "id", str), field(head, "node", str))
        require(own == (name, snapshot, ID.fullmatch(snapshot)[1]), "the manifest of another snapshot")
        self.page_size = field(head, "pageSize", int)
        require(self.page_size in [1 << power for power in range(9, 17)], "a wrong page size")
        self.page_count = count_field(head, "pageCount", most=2**32 - 2)
        require(self.page_count > 0, "no pages")
        self.pages_per_leaf = LEAF // self.page_size
        self.leaf_count = -(-self.page_count // self.pages_per_leaf)
        self.image, self.schema = digest_field(head, "image"), digest_field(head, "schema")
        positions = field(head, "positions", dict, {})
        self.positions = {stream: position(field(positions, stream, dict)) for stream in positions}

    def pages_in(self, leaf):
        return min(self.pages_per_leaf, self.page_count - leaf * self.pages_per_leaf)

    def read_packs(self, packs):
        require(len(packs) <= self.page_count + self.leaf_count, "too many packs")
        self.packs, own, all_bytes = {}, 0, 0
        for pack in packs:
            require(isinstance(pack, dict) and field(pack, "codec", str) == "zstd", "a wrong pack")
            name, size = field(pack, "name", str), count_field(pack, "size", most=MAX_PACK)
            require(ID.fullmatch(name[:-7]) and re.fullmatch(r"-\d{6}", name[-7:], re.ASCII), "a wrong name of a pack")
            require(name not in self.packs, "a pack is listed twice")
            self.packs[name] = (size, digest_field(pack, "sha256"), count_field(pack, "pages"))
            all_bytes += size
            own += size if name[:-7] == self.head["id"] else 0
        require(count_field(self.head, "stored") == own, "'stored' is not the sum of its packs")
        require(count_field(self.head, "referenced", 0) == all_bytes - own, "'referenced' is not the sum of its packs")

    def read_leaves(self, leaves):
        require(len(leaves) == self.leaf_count, "a wrong number of leaves")
        packs = list(self.packs.values())
        self.leaves, self.layers = [], [[] for _ in packs]
        for number, leaf in enumerate(leaves):
            require(isinstance(leaf, dict), "a wrong leaf")
            self.leaves.append(digest_field(leaf, "digest"))
            values = field(leaf, "layers", list)
            require(len(values) % 5 == 0 and len(values) // 5 <= self.pages_in(number), "wrong layers")
            require(all(isinstance(value, int) and value >= 0 for value in values), "wrong layers")
            previous, sum_used = -1, 0
            for at in range(0, len(values), 5):
                pack, offset, length, stored, used = values[at : at + 5]
                require(previous < pack < len(packs), "the layers are not in the order of the packs")
                require(1 <= used <= stored <= min(packs[pack][2], self.pages_per_leaf), "wrong pages of a layer")
                require(offset + length + (stored + 1) * DIGEST <= packs[pack][0], "a layer outside its pack")
                self.layers[pack].append((number, offset, length, stored, used))
                previous, sum_used = pack, sum_used + used
            require(sum_used == self.pages_in(number), "wrong pages of a leaf")
        counts = self.page_size.to_bytes(4, "big") + self.page_count.to_bytes(4, "big")
        require(sha256(b"harmonylite-snapshot image 1\0", counts, *self.leaves) == self.image, "wrong image digest")


def check_digest(data, start, end, what):
    """Checks the digest that follows a range, and returns the offset behind it."""
    require(sha256(data[start:end]) == cut(data, end, DIGEST), "wrong digest of the " + what)
    return end + DIGEST


# --- Packs ---


def decompress(frame, length):
    """Decompresses a frame that must declare and have this length."""
    try:
        require(zstandard.frame_content_size(frame) == length, "a frame of another length")
        content = zstandard.ZstdDecompressor().decompress(frame, max_output_size=length)
    except zstandard.ZstdError as e:
        raise Damaged("not a zstd frame: %s" % e) from e
    require(len(content) == length, "a frame of another length")
    return content


class Layer:
    """A layer of a pack: its pages, counted from 0 within the leaf, and how to read them."""

    def __init__(self, pack, manifest, leaf, offset, length, stored):
        self.pack, self.page_size = pack, manifest.page_size
        digests_at = offset + length
        check_digest(pack, offset, digests_at + stored * DIGEST, "page table")
        self.digests = [pack[digests_at + i * DIGEST :][:DIGEST] for i in range(stored)]
        stored_table = pack[offset:digests_at]
        size = zstandard.frame_content_size(stored_table)
        require(0 <= size <= MAX_TABLE, "a page table is too long")
        table, end = decode(decompress(stored_table, size), 0)
        require(end == size and isinstance(table, dict), "a wrong page table")
        require(field(table, "leaf", int) == leaf, "a page table of another leaf")
        self.pages = read_runs(field(table, "runs", list), manifest.pages_per_leaf)
        self.frames = pairs(field(table, "frames", list))
        require(len(self.pages) == stored == sum(count for count, _ in self.frames), "wrong pages of a page table")
        self.start = offset - sum(length for _, length in self.frames)
        require(self.start >= 0, "a frame outside its pack")

    def read(self):
        """Returns number and content of each page, in order."""
        at, index = self.start, 0
        for count, length in self.frames:
            size = count * self.page_size
            require(0 < size <= FRAME and length <= size, "a wrong frame")
            stored = self.pack[at : at + length]
            content = stored if length == size else decompress(stored, size)
            for first in range(0, size, self.page_size):
                page = content[first : first + self.page_size]
                require(sha256(page) == self.digests[index], "wrong digest of a page")
                yield self.pages[index], page
                index += 1
            at += length


def pairs(values):
    require(len(values) % 2 == 0, "half a pair")
    require(all(isinstance(value, int) and 0 <= value <= LEAF for value in values), "a wrong number")
    return list(zip(values[::2], values[1::2]))


def read_runs(values, most):
    pages, end = [], 0
    for skipped, count in pairs(values):
        require(count > 0 and (skipped > 0 or end == 0), "runs that are not separate")
        require(end + skipped + count <= most, "a page outside its leaf")
        pages.extend(range(end + skipped, end + skipped + count))
        end += skipped + count
    return pages


# --- Store ---


class Store:
    """The snapshots of one name in a directory store."""

    def __init__(self, directory, name):
        self.directory, self.name = os.path.join(directory, name), name

    def path(self, kind, name):
        return os.path.join(self.directory, kind, name)

    def names(self, kind):
        directory = os.path.join(self.directory, kind)
        return sorted(os.listdir(directory)) if os.path.isdir(directory) else []

    def read(self, kind, name, most):
        try:
            with open(self.path(kind, name), "rb") as file:
                data = file.read(most + 1)
        except FileNotFoundError as e:
            raise Damaged("%s/%s is missing" % (kind, name)) from e
        require(len(data) <= most or kind == "packs", "%s/%s is too long" % (kind, name))
        return data[:most]

    def manifest(self, snapshot):
        return Manifest(self.read("manifests", snapshot, MAX_MANIFEST), self.name, snapshot)

    def pack(self, name, size, digest):
        data = self.read("packs", name, size)  # Bytes behind its end do not belong to it.
        require(len(data) == size and sha256(data) == digest, "pack %s has another digest" % name)
        return data

    def latest(self):
        """Returns the manifest of the latest snapshot."""
        pinned = {name.rpartition("-")[0] for name in self.names("pins")}
        retired = set(self.names("retired")) - pinned
        found = []
        for snapshot in self.names("manifests"):
            if ID.fullmatch(snapshot) and snapshot not in retired:
                try:
                    manifest = self.manifest(snapshot)
                    found += [] if self.is_late(manifest) else [manifest]
                except (Damaged, TooNew) as e:
                    print("skipping %s: %s" % (snapshot, e), file=sys.stderr)
        best = [one for one in found if not any(beats(other, one) for other in found)]
        require(best, "there is no snapshot of '%s' that can be restored" % self.name)
        return max(best, key=lambda one: (count_field(one.head, "generation", 0), one.head["id"]))

    def is_late(self, manifest):
        if "listed" not in manifest.head:
            return False
        listed, grace = count_field(manifest.head, "listed"), count_field(manifest.head, "grace", 0)
        own = [name for name in manifest.packs if name[:-7] == manifest.head["id"]]
        times = [self.stored_at("packs", name) for name in own or manifest.packs]
        stored = self.stored_at("manifests", manifest.head["id"])
        limit = listed + grace / 2
        is_future = stored > time.time() * 1000 + 300_000
        return stored > limit and not is_future and max(times, default=0) <= limit

    def stored_at(self, kind, name):
        path = self.path(kind, name)
        return os.path.getmtime(path) * 1000 if os.path.exists(path) else 0


def position(values):
    return count_field(values, "sequence"), values.get("time"), values.get("created")


def same_stream(one, other):
    """Returns whether two positions can belong to the same stream. What is unknown on one side matches."""
    differ = lambda mine, its: mine is not None and its is not None and mine != its
    return not differ(one[2], other[2]) and (one[0] != other[0] or not differ(one[1], other[1]))


def at_least(one, other):
    """Returns whether positions are behind others in no stream. A stream that is not named is at 0."""
    if not one or not other:
        return not one and not other
    pairs_of_streams = [(one.get(stream, (0, None, None)), its) for stream, its in other.items()]
    return all(same_stream(mine, its) and mine[0] >= its[0] for mine, its in pairs_of_streams)


def beats(one, other):
    return at_least(one.positions, other.positions) and not at_least(other.positions, one.positions)


# --- Restore ---


def restore(store, manifest, file):
    """Writes the image into a new file, and checks it."""
    page_size, per_leaf = manifest.page_size, manifest.pages_per_leaf
    file.truncate(manifest.page_count * page_size)
    last = [[None] * manifest.pages_in(leaf) for leaf in range(manifest.leaf_count)]  # Layer of each page.
    for number, (name, (size, digest, _)) in enumerate(manifest.packs.items()):
        pack = store.pack(name, size, digest)
        for leaf, offset, length, stored, _ in manifest.layers[number]:
            for page, content in Layer(pack, manifest, leaf, offset, length, stored).read():
                if page < manifest.pages_in(leaf):  # The image may have shrunk since.
                    file.seek((leaf * per_leaf + page) * page_size)
                    file.write(content)
                    last[leaf][page] = number
    for number, layers in enumerate(manifest.layers):
        for leaf, _, _, _, used in layers:
            require(last[leaf].count(number) == used, "leaf %d uses other pages of a pack" % leaf)
    check_leaves(manifest, file)
    file.flush()
    os.fsync(file.fileno())


def check_leaves(manifest, file):
    file.seek(0)
    for leaf, digest in enumerate(manifest.leaves):
        pages = (sha256(file.read(manifest.page_size)) for _ in range(manifest.pages_in(leaf)))
        require(sha256(b"harmonylite-snapshot leaf 1\0", *pages) == digest, "wrong digest of leaf %d" % leaf)


def check_schema(manifest, path):
    """Compares what SQLite reads with the head. Runs nothing of the schema."""
    uri = "file:" + "".join("%%%02x" % byte for byte in os.fsencode(os.path.abspath(path)))
    database = sqlite3.connect(uri + "?mode=ro&immutable=1", uri=True)
    try:
        database.execute("PRAGMA trusted_schema = OFF")
        for key, pragma in (("userVersion", "user_version"), ("applicationId", "application_id"), ("encoding",) * 2):
            found = database.execute("PRAGMA " + pragma).fetchone()[0]
            require(found == manifest.head.get(key), "%s is %s" % (pragma, found))
        database.text_factory = bytes
        rows = database.execute(
            "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema ORDER BY type, name, tbl_name"
        )
        texts = [text for row in rows for text in row]
        digest = sha256(*(len(text).to_bytes(4, "big") + text for text in texts))
        require(digest == manifest.schema, "wrong digest of the schema")
    except sqlite3.Error as e:
        raise Damaged("SQLite cannot read the image: %s" % e) from e
    finally:
        database.close()


def main(arguments):
    if len(arguments) not in (3, 4):
        print(__doc__, file=sys.stderr)
        return 2
    directory, name, output = arguments[:3]
    store = Store(directory, name)
    try:
        if len(arguments) == 4:
            require(ID.fullmatch(arguments[3]), "not a snapshot id: " + arguments[3])
            manifest = store.manifest(arguments[3])
        else:
            manifest = store.latest()
        with open(output, "xb+") as file:
            try:
                restore(store, manifest, file)
                check_schema(manifest, output)
            except BaseException:
                os.remove(output)
                raise
    except (Damaged, TooNew, OSError) as e:
        print("not restored: %s" % e, file=sys.stderr)
        return 1
    sequences = {stream: at[0] for stream, at in manifest.positions.items()}
    print("restored %s at %s" % (manifest.head["id"], sequences or "no positions"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
