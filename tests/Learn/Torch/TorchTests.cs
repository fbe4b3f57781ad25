using Engine.Learn.Torch;
using Xunit;

namespace Engine.Tests.Learn.Torch;

[Collection(LibtorchCollection.Name)]
public class TorchTests
{
    [SkippableFact]
    public void OperatorsGiveWhatTheyShouldByHand()
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        var a = torch.tensor([1.0, 2, 3, 4, 5, 6], [2, 3]);
        var b = torch.tensor([1.0, 0, 2, 1, 0, 1], [3, 2]);
        Assert.Equal([5, 5, 14, 11], a.matmul(b).to_double());
        Assert.Equal([2L, 2], a.matmul(b).shape);
        Assert.Equal([1.0, 4, 2, 5, 3, 6], a.t().to_double());
        Assert.Equal([3L, 1], a.stride());
        Assert.Equal([1L, 3], a.t().stride());
        Assert.Equal(21, a.sum().item());
        Assert.Equal([6.0, 15], a.sum(1).to_double());
        Assert.Equal([2L, 1], a.sum_keep(1).shape);
        Assert.Equal([2.5, 3.5, 4.5], a.mean(0).to_double());
        Assert.Equal([0.0, 0, 1, 2, 3, 4], (a - 2).relu().to_double());
        Assert.Equal([2.0, 4, 6, 8, 10, 12], (a + a).to_double());
        Assert.Equal([0.5, 1, 1.5, 2, 2.5, 3], (a / 2).to_double());
        Assert.Equal([-1.0, 1, 3, 5, 7, 9], (2 * a - 3).to_double());
        Assert.Equal([2L, 2], a.argmax(1).to_long());
        Assert.Equal([3.0, 6], a.gather(1, torch.tensor([2L, 2], [2, 1])).to_double());
        Assert.Equal([4.0, 5, 6, 4, 5, 6], a.index_select(0, torch.tensor([1L, 1], [2])).to_double());
        Assert.Equal([1.0, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6], torch.cat([a, a]).to_double());
        Assert.Equal([2L, 2, 3], torch.stack([a, a]).shape);
        var parts = a.split([1, 2], 1);
        Assert.Equal([1.0, 4], parts[0].to_double());
        Assert.Equal([2.0, 3, 5, 6], parts[1].to_double());
        Assert.Equal([0.0, 2, 4], torch.arange(0, 6, 2).to_double());
        // x Φ(x), ln(1 + eˣ), x/(1 + e⁻ˣ), eˣ − 1 at x = −1.
        var x = torch.tensor(-1.0);
        Assert.Equal(-0.15865525393145707, x.gelu().item(), 1e-15);
        Assert.Equal(Math.Log(1 + Math.Exp(-1)), x.softplus().item(), 1e-15);
        Assert.Equal(-1 / (1 + Math.E), x.silu().item(), 1e-15);
        Assert.Equal(Math.Exp(-1) - 1, x.elu().item(), 1e-15);
        var softmax = a.softmax(1).to_double();
        Assert.Equal(1, softmax[0] + softmax[1] + softmax[2], 1e-15);
        Assert.Equal(Math.Exp(1), softmax[1] / softmax[0], 1e-14);
        // A 2 × 2 kernel of ones on 3 × 3 numbers.
        var image = torch.tensor([1.0, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 3, 3]);
        Assert.Equal([12.0, 16, 24, 28], image.conv2d(torch.ones([1, 1, 2, 2], ScalarType.Float64), null, [1, 1], [0, 0], [1, 1], 1).to_double());
        Assert.Equal([5.0, 6, 8, 9], image.max_pool2d([2, 2], [1, 1], [0, 0]).to_double());
        var patches = image.unfold(2, 2, 1).unfold(3, 2, 1);
        Assert.Equal([1L, 1, 2, 2, 2, 2], patches.shape);
        Assert.Equal([1.0, 2, 4, 5, 2, 3, 5, 6, 4, 5, 7, 8, 5, 6, 8, 9], patches.to_double());
        Assert.Equal([0.0, 1, 2, 3, 0, 0, 4, 5, 6, 0, 0, 7, 8, 9, 0], image.constant_pad_nd([1, 1], 0).to_double());
    }

    [SkippableFact]
    public void ElementTypesAreKept()
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        Assert.Equal(ScalarType.Float32, torch.tensor([1.5f], [1]).dtype);
        Assert.Equal(ScalarType.Float64, torch.tensor(1.5).dtype);
        Assert.Equal(ScalarType.Int64, torch.tensor([3L], [1]).dtype);
        Assert.Equal(ScalarType.Bool, torch.tensor(1.5).gt(1).dtype);
        Assert.Equal([1.5f], torch.tensor(1.5).to_float());
        Assert.Equal(1 / 3.0f, torch.tensor([1 / 3.0], [1], ScalarType.Float32, "cpu").to_float()[0]);
        Assert.Empty(torch.tensor((double[])[], [0, 3]).to_double());
        Assert.Equal("cpu", torch.tensor(1.0).device);
        Assert.Throws<ArgumentException>(() => torch.tensor([1.0, 2], [3]));
    }

    /// <summary>Central differences of h = 1e-5 err by h² f'''/6 ≈ 1e-10 and by rounding, 1e-16/h = 1e-11.</summary>
    [SkippableFact]
    public void GradientsAreFiniteDifferences()
    {
        Libtorch.Require();
        double[] start = [0.3, -0.7, 1.1, 0.2, -0.4, 0.9];
        using var scope = new TensorScope();
        var x = torch.tensor(start, [2, 3]);
        x.requires_grad = true;
        var gradient = Autograd.grad(Value(x), [x])[0].to_double();
        for (var k = 0; k < start.Length; k++)
        {
            Assert.Equal((At(start, k, 1e-5) - At(start, k, -1e-5)) / 2e-5, gradient[k], 1e-8);
        }

        static Tensor Value(Tensor x) =>
            ((x.tanh() + x.gelu() * x.sigmoid()).matmul(x.t()).softmax(1).log() * x.softplus().sum()).sum() + x.silu().logsumexp(1).sum() + (x.elu() * x).pow(2).mean();

        static double At(double[] start, int k, double step)
        {
            var moved = (double[])start.Clone();
            moved[k] += step;
            using var inner = new TensorScope();
            return Value(torch.tensor(moved, [2, 3])).item();
        }
    }

    [SkippableFact]
    public void GradientsOfManyOutputsWithWeightsAndOfSecondOrder()
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        var x = torch.tensor(2.0, 3);
        var y = torch.tensor(5.0);
        x.requires_grad = y.requires_grad = true;
        var found = Autograd.grad([x.pow(2), x.pow(3)], [x, y], [torch.tensor(1.0, 10), torch.tensor(0.0, 1)], createGraph: true, allowUnused: true);
        // 1·2x₀ and 10·2x₁ + 3x₁².
        Assert.Equal([4.0, 87], found[0]!.to_double());
        Assert.Null(found[1]);
        Assert.Equal([2.0, 38], Autograd.grad(found[0]!.sum(), [x])[0].to_double());
        using (Autograd.no_grad())
        {
            Assert.False((x * 2).requires_grad);
        }
        Assert.True((x * 2).requires_grad);
        // A tensor in the middle of a graph: d(z²)/dz = 2z.
        var z = x * 3;
        Assert.Equal([12.0, 18], Autograd.grad(z.pow(2).sum(), [z])[0].to_double());
    }

    [SkippableFact]
    public void ErrorsAreOneLineWithTheTextOfTheLibrary()
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        var shapes = Assert.Throws<TorchException>(() => torch.tensor([1.0, 2, 3, 4], [2, 2]).matmul(torch.tensor([1.0, 2, 3], [3, 1])));
        Assert.StartsWith("libtorch: aten::matmul: ", shapes.Message);
        Assert.Contains("2x2 and 3x1", shapes.Message);
        Assert.DoesNotContain('\n', shapes.Message);
        Assert.Equal(4, shapes.ExitCode);
        Assert.Contains("aten::no_such", Assert.Throws<TorchException>(() => new Operator("aten::no_such").Call()).Message);
        Assert.Contains("too many", Assert.Throws<TorchException>(() => new Operator("aten::neg").Call(torch.tensor(1.0), 1, 2)).Message);
        Assert.Contains("missing", Assert.Throws<TorchException>(() => new Operator("aten::matmul").Call(torch.tensor(1.0))).Message);
        Assert.Contains("does not require grad", Assert.Throws<TorchException>(() => Autograd.grad(torch.tensor(1.0).sum(), [torch.tensor(1.0)])).Message);
    }

    [SkippableFact]
    public void AScopeFreesWhatItDidNotHandOut()
    {
        Libtorch.Require();
        var before = Libtorch.CountHandles();
        Tensor kept, released, middle;
        using (var outer = new TensorScope())
        {
            using (var inner = new TensorScope())
            {
                var x = torch.tensor(1.0, 2, 3);
                middle = x * 2;
                kept = inner.Keep((x + 1).tanh());
                released = TensorScope.Release(x * x);
                Assert.Throws<TorchException>(() => x.reshape(7));
            }
            Assert.True(middle.IsDisposed);
            Assert.Throws<ObjectDisposedException>(() => middle.shape);
            Assert.Equal(before + 2, torch.LiveHandles);
            Assert.Equal([3L], kept.shape);
        }
        Assert.True(kept.IsDisposed);
        Assert.Equal(before + 1, torch.LiveHandles);
        released.Dispose();
        Assert.Equal(before, torch.LiveHandles);
        released.Dispose();
        Assert.Equal(before, torch.LiveHandles);
    }
}
