package io.harmonylite.snapshot.health;

import io.harmonylite.snapshot.watch.Headroom;

/**
 * The state of one stream. Immutable.
 *
 * @param stream name of the stream
 * @param first sequence of the first message that it keeps
 * @param last sequence of the last message that was published to it
 * @param saved sequence up to which the newest snapshot contains the stream; 0 if none does, or it was another stream of
 *     that name
 * @param lag number of messages that this node has still to apply; 0 if there is no node
 * @param headroom share of its retention that is left before it drops messages that the newest snapshot does not
 *     contain
 */
public record StreamHealth(String stream, long first, long last, long saved, long lag, Headroom headroom) {}
