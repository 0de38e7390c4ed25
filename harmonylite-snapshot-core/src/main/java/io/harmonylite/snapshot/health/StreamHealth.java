package io.harmonylite.snapshot.health;

import io.harmonylite.snapshot.watch.Headroom;

/**
 * How one stream stands. Immutable.
 *
 * @param stream its name
 * @param first sequence of the first message it keeps
 * @param last sequence of the last message it was given
 * @param lag messages that this node has still to apply; 0 where there is no node
 * @param headroom how much of its retention is left before it drops what the newest snapshot does not hold
 */
public record StreamHealth(String stream, long first, long last, long lag, Headroom headroom) {}
