package io.harmonylite.snapshot.internal.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Owner, group and mode of a file, for the file that replaces it. Immutable. */
public final class FileOwnership {

    private static final Logger LOG = LoggerFactory.getLogger(FileOwnership.class);

    private final PosixFileAttributes attributes;

    private FileOwnership(PosixFileAttributes attributes) {
        this.attributes = attributes;
    }

    /** Reads the ownership of an existing file, without following symbolic links. */
    public static FileOwnership of(Path file) throws IOException {
        return new FileOwnership(Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    }

    /** Sets the mode of a file, and its owner and group if this process is allowed to. */
    public void applyTo(Path file) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        PosixFileAttributes own = view.readAttributes();
        try {
            if (!own.group().equals(attributes.group())) {
                view.setGroup(attributes.group());
            }
            if (!own.owner().equals(attributes.owner())) {
                view.setOwner(attributes.owner());
            }
        } catch (IOException e) {
            LOG.warn("Could not change the owner of {} to {}:{}", file, attributes.owner(), attributes.group());
        }
        view.setPermissions(attributes.permissions());
    }
}
