using Engine.Kernels.Threading;
using Engine.Learn.Networks;
using Engine.Perf.Science;
using Engine.Tests.Learn.Torch;
using Xunit;

namespace Engine.Tests.Perf.Science;

/// <summary>The experiments of bench ntk-science, smaller.</summary>
[Collection(LibtorchCollection.Name)]
public sealed class ScienceTests
{
    [Fact]
    public void ACheckPassesInsideItsBoundsOnly()
    {
        Assert.True(new ScienceCheck("x", 1, 1, 2).Passed);
        Assert.False(new ScienceCheck("x", 0.9, 1, 2).Passed);
        Assert.False(new ScienceCheck("x", 2.1, null, 2).Passed);
        Assert.False(new ScienceCheck("x", double.NaN, 1, null).Passed);
        Assert.Null(new ScienceCheck("x", 3, null, null).Passed);
        Assert.Equal("{\"case\":\"c\",\"check\":\"x\",\"found\":null,\"least\":1,\"most\":null,\"passed\":false}", new ScienceCheck("x", double.NaN, 1, null).ToJson("c").ToJsonString());
    }

    [SkippableFact]
    public void APerceptronLearnsALineAndACircle()
    {
        Libtorch.Require();
        Pass(BoundaryCase.Run(BoundaryCase.Line, "line", Activation.Tanh, 100, 1, Workers.Single, CancellationToken.None));
        Pass(BoundaryCase.Run(BoundaryCase.Circle, "circle", Activation.Tanh, 250, 1, Workers.Single, CancellationToken.None));
    }

    [SkippableFact]
    public void NetworksOfFiniteWidthApproachTheLimit()
    {
        Libtorch.Require();
        Pass(WideLimitCase.Run([64, 128, 256, 512], 10, Workers.Single, _ => { }, CancellationToken.None));
    }

    /// <summary>More rows than 2¹⁵, by products with vectors.</summary>
    [Fact]
    public void SpectraOfManyRows() => Pass(LargeSpectrumCase.WithoutMatrix(33_000, Workers.Single));

    [Fact]
    public void WhatIsNotThereIsLeftOut()
    {
        var log = new List<string>();
        Assert.Empty(ScienceBench.Run(["digits", "abalone"], null, 1, log.Add, CancellationToken.None));
        Assert.Equal(2, log.Count);
        Assert.Contains("digits is left out: no folder of data is given; name one that has digits.csv.gz by --data", log[0]);
        Assert.Contains("/nowhere has no abalone.data", Left("abalone"));

        string Left(string name)
        {
            Assert.Empty(ScienceBench.Run([name], "/nowhere", 1, log.Add, CancellationToken.None));
            return log[^1];
        }
    }

    private static void Pass(IEnumerable<ScienceCheck> checks) => Assert.All(checks, c => Assert.False(c.Passed == false, $"{c.What}: found {c.Found}, expected {c.Expected}"));
}
