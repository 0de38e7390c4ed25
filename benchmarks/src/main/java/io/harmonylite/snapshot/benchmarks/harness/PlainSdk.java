package io.harmonylite.snapshot.benchmarks.harness;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** Moves files by the SDK alone: no digest, no compression, nothing of this library. */
record PlainSdk(S3Client client, List<Path> packs) {

    void put(String prefix, int threads) throws Exception {
        inParallel(threads, index -> putFile(prefix + "/" + index, packs.get(index)));
    }

    /** Into memory, where each is forgotten. */
    void get(String prefix, int threads) throws Exception {
        inParallel(
                threads,
                index -> client.getObjectAsBytes(
                                get -> get.bucket(LocalS3.BUCKET).key(prefix + "/" + index))
                        .asByteArrayUnsafe());
    }

    void putWhole(String key, Path file) {
        putFile(key, file);
    }

    private Object putFile(String key, Path file) {
        return client.putObject(put -> put.bucket(LocalS3.BUCKET).key(key), RequestBody.fromFile(file));
    }

    private void inParallel(int threads, Move move) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Callable<Object>> moves = new ArrayList<>();
            for (int index = 0; index < packs.size(); index++) {
                int own = index;
                moves.add(() -> move.run(own));
            }
            for (Future<Object> moved : executor.invokeAll(moves)) {
                moved.get();
            }
        } finally {
            executor.shutdown();
        }
    }

    private interface Move {
        Object run(int index) throws Exception;
    }
}
