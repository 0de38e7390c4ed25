package io.harmonylite.snapshot.internal.restore;

import java.io.IOException;

/** Receives pages whose digests were verified. Called from several threads, once for each page. */
@FunctionalInterface
interface PageSink {

    /** Receives whole pages that are adjacent in the image. */
    void accept(byte[] buffer, int offset, int length, long imageOffset) throws IOException;
}
