package io.harmonylite.snapshot.tool;

import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** Reads the version of the tool from the manifest of its jar. */
final class VersionText implements IVersionProvider {

    @Override
    public String[] getVersion() {
        String version = SnapshotTool.class.getPackage().getImplementationVersion();
        return new String[] {"${ROOT-COMMAND-NAME} " + Objects.requireNonNullElse(version, "(not run from its jar)")};
    }
}
