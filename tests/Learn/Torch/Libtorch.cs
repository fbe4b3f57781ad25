using Engine.Kernels.Native;
using Xunit;

namespace Engine.Tests.Learn.Torch;

/// <summary>libtorch for tests: absent, they are skipped.</summary>
internal static class Libtorch
{
    public static void Require()
    {
        var status = NativeLibraries.Find("torch");
        Skip.IfNot(status.IsPresent, status.Explain());
    }
}

/// <summary>Tests that count the handles of the process, or set its threads, take turns.</summary>
[CollectionDefinition(Name)]
public sealed class LibtorchCollection
{
    public const string Name = "libtorch";
}
