using Engine.Kernels.Native;
using Engine.Learn.Torch;
using Engine.Tests.IO.H5md;
using Xunit;

namespace Engine.Tests.Learn.Torch;

/// <summary>libtorch for tests, and what goes with it: absent, they are skipped.</summary>
internal static class Libtorch
{
    public static void Require()
    {
        var status = NativeLibraries.Find("torch");
        Skip.IfNot(status.IsPresent, status.Explain());
    }

    /// <summary>Handles that live, once those that nobody holds any more are freed: they would be freed at any moment of a test that counts.</summary>
    public static long CountHandles()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return torch.LiveHandles;
    }

    /// <summary>For tests that keep what networks leave in files.</summary>
    public static void RequireWithHdf5()
    {
        Require();
        NeedsHdf5.Check();
    }
}

/// <summary>Tests that count the handles of the process, or set its threads, take turns.</summary>
[CollectionDefinition(Name)]
public sealed class LibtorchCollection
{
    public const string Name = "libtorch";
}
