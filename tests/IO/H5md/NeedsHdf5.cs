using Engine.IO.Hdf5;
using Xunit;

namespace Engine.Tests.IO.H5md;

/// <summary>Skips, with the reason, where libhdf5 is absent.</summary>
internal static class NeedsHdf5
{
    public static void Check() => Skip.IfNot(Hdf5Library.TryLoad(out var log), log);
}
