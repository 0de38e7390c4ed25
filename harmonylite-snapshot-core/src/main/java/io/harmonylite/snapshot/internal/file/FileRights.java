package io.harmonylite.snapshot.internal.file;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owner, group, mode, ACL and extended attributes of a file, for the file that replaces it. This process reads only the
 * status of the old file, which may be a live database; a child process ({@code cp} of GNU coreutils) copies its ACL.
 * Immutable.
 */
public final class FileRights {

    private static final Logger LOG = LoggerFactory.getLogger(FileRights.class);
    private static final Set<PosixFilePermission> NEW_DATABASE = PosixFilePermissions.fromString("rw-r-----");

    private final Path model;
    private final PosixFileAttributes attributes;

    private FileRights(Path model, PosixFileAttributes attributes) {
        this.model = model;
        this.attributes = attributes;
    }

    /** Reads the rights of an existing file, without following symbolic links. */
    public static FileRights of(Path file) throws IOException {
        return new FileRights(file, read(file));
    }

    /**
     * Sets the rights of a new database: mode 0640, as far as the umask of {@code created} allows; if root runs this
     * process, the owner of the directory.
     */
    public static void setForNewDatabase(Path staged, Path created) throws IOException {
        PosixFileAttributeView view = view(staged);
        if (Integer.valueOf(0).equals(Files.getAttribute(created, "unix:uid"))) {
            Path directory = Objects.requireNonNull(created.getParent(), "a file has a directory");
            view.setOwner(Files.getOwner(directory));
        }
        Set<PosixFilePermission> mode = read(created).permissions();
        mode.retainAll(NEW_DATABASE);
        view.setPermissions(mode);
    }

    /** Sets the rights of the file that will replace this one. Logs a warning if something cannot be kept. */
    public void applyTo(Path file) throws IOException {
        PosixFileAttributeView view = view(file);
        boolean owned = copyOwner(view, file);
        // Until the ACL is copied: with an ACL the group's bits are its mask, which may exceed the group's rights.
        Set<PosixFilePermission> reduced = withoutGroup(attributes.permissions());
        view.setPermissions(reduced);
        String failure = copy(file, "--preserve=mode");
        if (!owned) {
            view.setPermissions(reduced); // Now the mask of the ACL, whose entries may deny what others may do.
            return;
        }
        if (failure != null) {
            LOG.warn(
                    "Could not copy the ACL of {} to the file that replaces it ({}). Its mode is now {}; set mode and"
                            + " ACL as needed",
                    model,
                    failure,
                    PosixFilePermissions.toString(view.readAttributes().permissions()));
            return;
        }
        String lost = copy(file, "--preserve=all", "--preserve=xattr", "--no-preserve=ownership,timestamps");
        if (lost != null) {
            LOG.warn("Could not copy the extended attributes of {} to the file that replaces it: {}", model, lost);
        }
    }

    private boolean copyOwner(PosixFileAttributeView view, Path file) throws IOException {
        PosixFileAttributes own = view.readAttributes();
        try {
            if (!own.group().equals(attributes.group())) {
                view.setGroup(attributes.group());
            }
            if (!own.owner().equals(attributes.owner())) {
                view.setOwner(attributes.owner());
            }
            return true;
        } catch (IOException e) {
            LOG.warn(
                    "Could not change the owner of {} to {}:{}, so its group and its ACL grant no more than others have: {}",
                    file,
                    attributes.owner(),
                    attributes.group(),
                    e.getMessage());
            return false;
        }
    }

    /** Removes the access of the group from a file if the group is not that of the file that it replaces. */
    static void restrictIfGroupDiffers(Path file, Path model) throws IOException {
        PosixFileAttributes attributes = read(model);
        if (!read(file).group().equals(attributes.group())) {
            view(file).setPermissions(withoutGroup(attributes.permissions()));
        }
    }

    /** Returns a mode without what only the group or only others may do: either may include the members of the other. */
    private static Set<PosixFilePermission> withoutGroup(Set<PosixFilePermission> mode) {
        Set<PosixFilePermission> reduced = new HashSet<>(mode);
        keepCommon(reduced, PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);
        keepCommon(reduced, PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
        keepCommon(reduced, PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.OTHERS_EXECUTE);
        return reduced;
    }

    private static void keepCommon(
            Set<PosixFilePermission> mode, PosixFilePermission group, PosixFilePermission others) {
        if (!mode.contains(group) || !mode.contains(others)) {
            mode.remove(group);
            mode.remove(others);
        }
    }

    /** Copies attributes in a child process. Returns the reason if that failed, else null. */
    private @Nullable String copy(Path file, String... what) throws InterruptedIOException {
        List<String> command = new ArrayList<>(List.of("cp", "--attributes-only"));
        command.addAll(List.of(what));
        command.addAll(List.of("--", model.toString(), file.toString()));
        try {
            Process child =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            child.getOutputStream().close();
            String output = new String(child.getInputStream().readAllBytes(), Charset.defaultCharset());
            return child.waitFor() == 0 ? null : output.strip();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the attributes of " + model + " were copied");
        } catch (IOException e) {
            return e.getMessage();
        }
    }

    private static PosixFileAttributes read(Path file) throws IOException {
        return Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static PosixFileAttributeView view(Path file) {
        return Files.getFileAttributeView(file, PosixFileAttributeView.class);
    }
}
