using Engine.Kernels.Errors;
using Engine.Learn.Networks;
using Engine.Learn.Torch;
using Engine.Learn.Training.Losses;
using Engine.Tests.Learn.Torch;
using Xunit;

namespace Engine.Tests.Learn.Training;

[Collection(LibtorchCollection.Name)]
public class LossTests
{
    /// <summary>Two points in three dimensions, by hand.</summary>
    [SkippableFact]
    public void DistancesAreThoseByHand()
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        var a = torch.tensor([1.0, 2, 2, 0, 3, 4], [2, 3]);
        var b = torch.tensor([1.0, 0, 0, 0, -3, -4], [2, 3]);
        Equal([8 / 3.0, 100 / 3.0], new MeanPower());
        Equal([16 / 3.0, (216 + 512) / 3.0], new MeanPower { Order = 3 });
        Equal([16, 216 + 512], new MeanPower { Order = 3, Sum = true });
        Equal([Math.Sqrt(8), 10], new LpNorm());
        Equal([4, 14], new LpNorm { Order = 1 });
        Equal([1 - 1 / 3.0, 2], new CosineDistance());
        // The last digits near an angle of π are given away for a slope that is finite: √(2·1e-7)/π.
        Equal([Math.Acos(1 / 3.0) / Math.PI, 1], new AngularDistance(), 1.5e-4);
        Equal([Math.Sqrt(8) * (1 - 1 / 3.0), 20], new HyperSphere());
        Equal([(1 + 2 * Math.Exp(-4)) / 3 * 0.5, (1 + Math.Exp(-12) + Math.Exp(-16)) / 3 * 0.5], new ExponentialRepulsion { Strength = 0.5, Temperature = 0.5 });

        // Probabilities (1, 2, 1)/4 and (1, 1, 2)/4: a quarter moves by one class.
        var p = torch.tensor([0, Math.Log(2), 0], [1, 3]);
        var q = torch.tensor([0, 0, Math.Log(2)], [1, 3]);
        Assert.Equal(0.25, new WassersteinDistance().Compute(p, q).item(), 1e-15);

        // Points with the covariance diag(4, 1): a deviation of (2, 1) is √(1 + 1).
        var points = torch.tensor([Math.Sqrt(6), 0, -Math.Sqrt(6), 0, 0, Math.Sqrt(1.5), 0, -Math.Sqrt(1.5)], [4, 2]);
        var moved = points + torch.tensor([2.0, 1], [1, 2]);
        Assert.All(new MahalanobisDistance { Ridge = 1e-12 }.Compute(points, moved).to_double(), d => Assert.Equal(Math.Sqrt(2), d, 1e-10));

        void Equal(double[] expected, DistanceMetric metric, double tolerance = 1e-14)
        {
            metric.Check();
            var found = metric.Compute(a, b).to_double();
            Assert.Equal(expected[0], found[0], tolerance * Math.Max(1, Math.Abs(expected[0])));
            Assert.Equal(expected[1], found[1], tolerance * Math.Max(1, Math.Abs(expected[1])));
        }
    }

    /// <summary>Opposite points are far apart and odd powers have no sign.</summary>
    [SkippableFact]
    public void OppositesAreNotTheSame()
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        var a = torch.tensor([1.0, 2], [1, 2]);
        Assert.Equal(2, new CosineDistance().Compute(a, -a).item(), 1e-15);
        Assert.Equal(1, new AngularDistance().Compute(a, -a).item(), 1.5e-4);
        Assert.Equal(new MeanPower { Order = 3 }.Compute(a, a * 2).item(), new MeanPower { Order = 3 }.Compute(a * 2, a).item());
    }

    [SkippableFact]
    public void SlopesAreFiniteWherePointsMeet()
    {
        Libtorch.Require();
        foreach (var metric in new DistanceMetric[]
            { new MeanPower(), new MeanPower { Order = 3 }, new LpNorm(), new CosineDistance(), new AngularDistance(), new HyperSphere(), new MahalanobisDistance(), new WassersteinDistance(), new ExponentialRepulsion() })
        {
            using var scope = new TensorScope();
            var a = torch.tensor([1.0, 2, 3, 0.5, 0, 0], [3, 2]);
            a.requires_grad = true;
            Assert.All(Autograd.grad(metric.Compute(a, a.detach()).sum(), [a])[0].to_double(), g => Assert.True(double.IsFinite(g), metric.ToString()));
        }
    }

    [SkippableFact]
    public void OtherLossesAreThoseByHand()
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        var logits = torch.tensor([0, Math.Log(3), Math.Log(4), 0], [2, 2]);
        Equal([Math.Log(4), -Math.Log(0.8)], new CrossEntropy(), logits, torch.tensor([0L, 0], [2]));
        Equal([-(0.5 * Math.Log(0.25) + 0.5 * Math.Log(0.75)), -Math.Log(0.2)], new CrossEntropy(), logits, torch.tensor([0.5, 0.5, 0, 1], [2, 2]));
        // A sequence of one sample: the mean over its positions.
        Equal([(Math.Log(4) - Math.Log(0.8)) / 2], new CrossEntropy(), logits.reshape(1, 2, 2), torch.tensor([0L, 0], [1, 2]));
        var units = torch.tensor([2.0, 0, 0, 3], [2, 2]);
        var expected = -Math.Log(Math.E / (Math.E + 1));
        Equal([expected, expected], new InfoNce { Temperature = 1 }, units, units);
        // Attraction 4/2, repulsion e^(−13/2), well (16 + 0)/2 and (0 + 81)/2.
        Equal(
            [2 + 0.5 * Math.Exp(-6.5) + 0.8, 0.5 * Math.Exp(-6.5) + 4.05], new IsolatedPotential { Repulsion = 0.5, Well = 0.1 }, units, torch.tensor([0.0, 0, 0, 3], [2, 2]));
        Assert.Equal([1.0, 0, 0, 1], Loss.Like(torch.tensor([0L, 1], [2]), logits).to_double());
        Assert.Contains("classes 0 to 2", Assert.Throws<InputException>(() => new CrossEntropy().PerSample(Outputs(logits), torch.tensor([0L, 2], [2]))).Message);
        Assert.Contains("the targets are [3]", Assert.Throws<InputException>(() => new MeanPower().PerSample(Outputs(logits), torch.tensor(1.0, 2, 3))).Message);
        Assert.Contains("temperature is 0", Assert.Throws<InputException>(() => new InfoNce { Temperature = 0 }.Check()).Message);

        static void Equal(double[] expected, Loss loss, Tensor output, Tensor targets)
        {
            var found = loss.PerSample(Outputs(output), targets).to_double();
            Assert.Equal(expected.Length, found.Length);
            Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-14));
            Assert.Equal(expected.Average(), loss.Mean(Outputs(output), targets).item(), 1e-14);
        }
    }

    /// <summary>μ = 1, ln σ² = 0, latent 1: ½; reconstruction by hand.</summary>
    [SkippableFact]
    public void TheVariationalLossIsTheBound()
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        var latent = new Dictionary<string, Tensor> { ["mean"] = torch.tensor([1.0], [1, 1]), ["logVariance"] = torch.tensor([0.0], [1, 1]) };
        var outputs = new NetworkOutputs(torch.tensor([0.0, 2], [1, 2]), latent);
        var targets = torch.tensor([1.0, 0], [1, 2]);
        Assert.Equal(0.5 * (1 + 4) + 2 * 0.5, new Variational { Weight = 2 }.PerSample(outputs, targets).item(), 1e-14);
        Assert.Equal(Math.Log(2) + Math.Log(1 + Math.Exp(2)) + 0.5, new Variational { Binary = true }.PerSample(outputs, targets).item(), 1e-14);
        Assert.Contains("expected a variationalAutoEncoder", Assert.Throws<InputException>(() => new Variational().PerSample(Outputs(targets), targets)).Message);
    }

    private static NetworkOutputs Outputs(Tensor main) => new(main, []);
}
