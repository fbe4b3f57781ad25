using System.Text.Json.Serialization;
using Engine.Kernels.Errors;
using Engine.Learn.Networks;
using Engine.Learn.Torch;

namespace Engine.Learn.Training.Losses;

/// <summary>What training makes small: the mean over samples of a number for each; its key "type" says which.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(MeanPower), "meanPower")]
[JsonDerivedType(typeof(LpNorm), "lpNorm")]
[JsonDerivedType(typeof(CosineDistance), "cosine")]
[JsonDerivedType(typeof(AngularDistance), "angular")]
[JsonDerivedType(typeof(HyperSphere), "hyperSphere")]
[JsonDerivedType(typeof(MahalanobisDistance), "mahalanobis")]
[JsonDerivedType(typeof(WassersteinDistance), "wasserstein")]
[JsonDerivedType(typeof(ExponentialRepulsion), "exponentialRepulsion")]
[JsonDerivedType(typeof(CrossEntropy), "crossEntropy")]
[JsonDerivedType(typeof(InfoNce), "infoNce")]
[JsonDerivedType(typeof(IsolatedPotential), "isolatedPotential")]
[JsonDerivedType(typeof(Variational), "variational")]
public abstract record Loss
{
    /// <summary>Probabilities in a file have three digits or more.</summary>
    private const double ProbabilityRounding = 1e-2;

    /// <summary>The number for each sample [N].</summary>
    /// <param name="outputs">What the network gave.</param>
    /// <param name="targets">What it should give.</param>
    /// <exception cref="InputException">Targets of a shape that does not fit.</exception>
    public abstract Tensor PerSample(NetworkOutputs outputs, Tensor targets);

    /// <summary>The function that the loss takes what the network gives through: probabilities of logits.</summary>
    internal virtual Activation OutputFunction => Activation.None;

    /// <summary>Their mean, a scalar.</summary>
    public Tensor Mean(NetworkOutputs outputs, Tensor targets) => PerSample(outputs, targets).mean();

    /// <summary>Refuses parameters out of range.</summary>
    /// <exception cref="InputException">One is.</exception>
    public virtual void Check()
    {
    }

    /// <summary>Refuses targets that the loss means nothing for.</summary>
    /// <param name="targets">Of all samples.</param>
    /// <exception cref="InputException">They are such.</exception>
    internal virtual void CheckTargets(Tensor targets)
    {
    }

    /// <summary>Whether targets are classes, or probabilities of two or more: none negative, with the sum 1.</summary>
    internal static bool AreClasses(Tensor targets)
    {
        if (targets.dtype == ScalarType.Int64)
        {
            return true;
        }
        var width = (int)targets.shape[^1];
        return targets.dim() > 1 && width > 1
            && targets.to_double().Chunk(width).All(row => row.All(p => p >= 0) && Math.Abs(row.Sum() - 1) < ProbabilityRounding);
    }

    /// <summary>Refuses a number that is not positive.</summary>
    private protected static void Positive(string loss, string name, double value)
    {
        if (!(value > 0))
        {
            throw new InputException(FormattableString.Invariant($"{loss}: {name} is {value}, expected a positive number"));
        }
    }

    /// <summary>Refuses classes that the network has no number for.</summary>
    private protected static void RequireClasses(Tensor targets, long numbers)
    {
        using var none = Autograd.no_grad();
        long[] all = [.. Enumerable.Range(0, targets.shape.Length).Select(d => (long)d)];
        var (smallest, largest) = (-(-targets).amax_keep(all).to_long()[0], targets.amax_keep(all).to_long()[0]);
        if (smallest < 0 || largest >= numbers)
        {
            throw new InputException($"the targets are classes {smallest} to {largest}, but the network gives {(numbers == 1 ? "1 number" : $"{numbers} numbers")}; expected one for each class; give the last layer {largest + 1} units or more");
        }
    }

    /// <summary>Targets in the shape of the outputs: numbers as they are, classes [N] as one-hot vectors.</summary>
    internal static Tensor Like(Tensor targets, Tensor outputs)
    {
        var (wanted, found) = (outputs.shape, targets.shape);
        if (targets.dtype == ScalarType.Int64 && found.AsSpan().SequenceEqual(wanted.AsSpan(0, wanted.Length - 1)))
        {
            RequireClasses(targets, wanted[^1]);
            return targets.unsqueeze(-1).eq(torch.arange(0, wanted[^1], device: targets.device)).to(outputs.dtype);
        }
        if (found.AsSpan().SequenceEqual(wanted))
        {
            return targets.to(outputs.dtype);
        }
        if (found.Length > 0 && found[0] == wanted[0] && targets.numel() == outputs.numel())
        {
            return targets.reshape(wanted).to(outputs.dtype);
        }
        throw new InputException($"the network gives [{string.Join(", ", wanted)}], the targets are [{string.Join(", ", found)}]; expected the same shape, or classes without the last axis; give the last layer as many units as there are targets, or say that the target is a class (data.classTarget of a table)");
    }
}
