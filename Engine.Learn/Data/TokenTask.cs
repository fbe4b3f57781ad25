namespace Engine.Learn.Data;

/// <summary>What a network should tell of a sequence of tokens.</summary>
public enum TokenTask
{
    /// <summary>Whether a pattern occurs somewhere in it, as a class.</summary>
    Pattern,

    /// <summary>The sequence itself, token by token.</summary>
    Copy,

    /// <summary>The sequence from its end, token by token.</summary>
    Reverse,
}
