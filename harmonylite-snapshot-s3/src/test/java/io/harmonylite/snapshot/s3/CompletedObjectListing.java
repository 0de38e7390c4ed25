package io.harmonylite.snapshot.s3;

import java.util.List;
import java.util.regex.Pattern;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Leaves temporary files out of listings. S3Proxy 4.1.0 lists the temporary files of unfinished puts as {@code
 * name-uuid}; S3 never does.
 */
class CompletedObjectListing extends ForwardingBlobStore {

    private static final Pattern TEMPORARY =
            Pattern.compile(".*-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    CompletedObjectListing(BlobStore delegate) {
        super(delegate);
    }

    @Override
    public ListObjectsV2Response list(ListObjectsV2Request request) {
        ListObjectsV2Response page = super.list(request);
        List<S3Object> stored = page.contents().stream()
                .filter(object -> !TEMPORARY.matcher(object.key()).matches())
                .toList();
        return page.toBuilder().contents(stored).build();
    }
}
