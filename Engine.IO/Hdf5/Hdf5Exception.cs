namespace Engine.IO.Hdf5;

/// <summary>A call of libhdf5 failed; never leaves this project: whoever knows the file turns it into an error the user can act on.</summary>
internal sealed class Hdf5Exception(string call, string details) : IOException($"{call}: {details}")
{
    /// <summary>The library's own error stack in one line.</summary>
    public string Details { get; } = details;

    public static long Check(long result, string call) =>
        result >= 0 ? result : throw new Hdf5Exception(call, H5E.Describe());
}
