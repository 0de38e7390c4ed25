package io.harmonylite.snapshot.s3;

import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.ObjectName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Lists objects page by page. Immutable and thread-safe. */
final class S3Listing {

    private final S3Settings settings;
    private final S3Client client;
    private final S3Requests requests;
    private final S3Failures failures;

    S3Listing(S3Settings settings, S3Client client, S3Requests requests, S3Failures failures) {
        this.settings = settings;
        this.client = client;
        this.requests = requests;
        this.failures = failures;
    }

    List<ObjectInfo> list(String prefix) throws IOException {
        List<ObjectInfo> found = new ArrayList<>();
        String continuation = null;
        do {
            ListObjectsV2Response page = page(prefix, continuation);
            page.contents().forEach(object -> addIfOurs(object, found));
            continuation = page.nextContinuationToken();
        } while (continuation != null);
        // Directory buckets list in no particular order.
        found.sort(Comparator.comparing(ObjectInfo::name));
        return found;
    }

    private ListObjectsV2Response page(String prefix, @Nullable String continuation) throws IOException {
        try {
            return client.listObjectsV2(requests.list(prefix, continuation));
        } catch (SdkException e) {
            throw failures.translate("the listing of '" + prefix + "'", e);
        }
    }

    /** Adds an object, unless its key is not a valid object name, as the probe's is. */
    private void addIfOurs(S3Object object, List<ObjectInfo> found) {
        String name = object.key().substring(settings.root().length());
        if (ObjectName.isValid(name)) {
            found.add(new ObjectInfo(name, object.size(), object.lastModified()));
        }
    }
}
