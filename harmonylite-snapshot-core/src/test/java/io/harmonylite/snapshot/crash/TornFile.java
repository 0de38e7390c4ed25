package io.harmonylite.snapshot.crash;

import java.util.List;
import java.util.Random;

/**
 * A file that was written and not synced: each sector, and the length, may be of any version. Sectors never written
 * read as zeros. Immutable.
 *
 * @param synced the version that was synced
 * @param written the versions since then
 */
record TornFile(Content synced, List<Content> written) {

    private static final int SECTOR = 512;

    Content content(Random random) {
        Content last = written.get(written.size() - 1);
        return switch (random.nextInt(4)) {
            case 0 -> synced;
            case 1 -> last;
            case 2 -> new Content(new byte[last.length()]);
            default -> torn(random);
        };
    }

    private Content torn(Random random) {
        byte[] torn = new byte[any(random).length()];
        for (int at = 0; at < torn.length; at += SECTOR) {
            byte[] version = any(random).bytes();
            int length = Math.min(SECTOR, Math.min(torn.length, version.length) - at);
            if (length > 0) {
                System.arraycopy(version, at, torn, at, length);
            }
        }
        return new Content(torn);
    }

    private Content any(Random random) {
        int number = random.nextInt(written.size() + 1);
        return number == written.size() ? synced : written.get(number);
    }
}
