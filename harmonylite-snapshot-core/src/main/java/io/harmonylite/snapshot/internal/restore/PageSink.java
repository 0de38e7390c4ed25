package io.harmonylite.snapshot.internal.restore;

import java.io.IOException;

/** Takes pages whose digests were checked. Called from several threads, for each page once. */
@FunctionalInterface
interface PageSink {

    /** Takes whole pages that lie next to each other in the image. */
    void accept(byte[] buffer, int offset, int length, long imageOffset) throws IOException;
}
