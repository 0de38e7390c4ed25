package io.harmonylite.snapshot.trim;

/** Reason why a message of a stream is kept. If several apply, the first one is reported. */
public enum TrimBound {
    /** Fewer than two snapshots are proven. */
    NOT_PROVEN("fewer than two snapshots are proven"),
    /** The stream does not exist. */
    NO_STREAM("the stream does not exist"),
    /** One of the two latest proven snapshots does not cover every stream, so a node could not be recovered from it. */
    NOT_COVERED("one of the two latest proven snapshots does not cover every stream"),
    /**
     * A position of a snapshot or of this node belongs to another stream, or lacks the creation time that identifies
     * the stream.
     */
    UNKNOWN_STREAM("a position is not known to belong to the current stream"),
    /** The positions of the other nodes are unknown. */
    MEMBERS_UNKNOWN("the positions of the other nodes are unknown"),
    /** The older of the two latest proven snapshots contains no later message. */
    SNAPSHOTS("the older of the two latest proven snapshots contains no later message"),
    /** This node has applied no later message. */
    THIS_NODE("this node has applied no later message"),
    /** Another node has applied no later message. */
    MEMBERS("another node has applied no later message"),
    /** The policy keeps the last messages. */
    MESSAGES_KEPT("the policy keeps the last messages"),
    /** The policy keeps young messages. */
    AGE_KEPT("the policy keeps young messages");

    private final String sentence;

    TrimBound(String sentence) {
        this.sentence = sentence;
    }

    /** Returns the reason as a sentence for operators. */
    public String sentence() {
        return sentence;
    }
}
