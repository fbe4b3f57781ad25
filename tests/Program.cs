using Engine.Tests.IO.H5md;

namespace Engine.Tests;

/// <summary>Run directly, the test assembly is the child process of tests that kill one.</summary>
internal static class Program
{
    private static int Main(string[] arguments) => arguments is ["trajectory-child", ..] ? TrajectoryChild.Run(arguments[1..]) : 2;
}
