using Engine.Core.Forces;
using Engine.Kernels.Errors;

namespace Engine.Core.Potentials.Terms;

/// <summary>"ewald": Coulomb in a periodic cell, real part cut at <see cref="Cutoff"/>; give either accuracy or splitting and reciprocalCutoff.</summary>
public sealed record EwaldTerm : PotentialTerm
{
    public const double DefaultAccuracy = 1e-6;

    /// <summary>Cutoff in real space [length].</summary>
    public required double Cutoff { get; init; }

    /// <summary>Force error relative to two unit charges one length unit apart; 1e-14 … 0.01, by default <see cref="DefaultAccuracy"/>.</summary>
    public double? Accuracy { get; init; }

    /// <summary>g [1/length].</summary>
    public double? Splitting { get; init; }

    /// <summary>Largest |K| [1/length].</summary>
    public double? ReciprocalCutoff { get; init; }

    /// <summary>What is done about a net charge.</summary>
    public Neutralise Neutralise { get; init; }

    /// <summary>How the reciprocal part is computed; <see cref="EwaldMethod.Auto"/>, <see cref="EwaldMethod.Sum"/> or <see cref="EwaldMethod.Mesh"/>.</summary>
    public EwaldMethod Method { get; init; }

    internal override void AddTo(PotentialBuilder builder)
    {
        var settings = Settings(builder);
        builder.CheckParameters("charges", new EwaldReal(1, settings.Splitting, Cutoff));
        builder.Ewald = settings;
        builder.AddCoulomb("ewald", strength => new EwaldReal(strength, settings.Splitting, Cutoff), _ => 0);
    }

    private EwaldSettings Settings(PotentialBuilder builder)
    {
        if (!(Cutoff > 0 && double.IsFinite(Cutoff)))
        {
            throw new InputException(FormattableString.Invariant($"potential {builder.Name}: ewald: cutoff = {Cutoff}, expected more than 0"));
        }
        var background = Neutralise == Neutralise.Background;
        if (Splitting is null && ReciprocalCutoff is null)
        {
            var accuracy = Accuracy ?? DefaultAccuracy;
            return accuracy is >= 1e-14 and <= 0.01
                ? EwaldSettings.ForAccuracy(accuracy, Cutoff, builder.Units.Coulomb, background, Method)
                : throw new InputException($"potential {builder.Name}: ewald: accuracy = {accuracy} is out of range; expected 1e-14 to 0.01");
        }
        return Splitting is { } g && ReciprocalCutoff is { } k && g > 0 && k > 0 && Accuracy is null
            ? new(g, Cutoff, k, builder.Units.Coulomb, background, Method)
            : throw new InputException($"potential {builder.Name}: ewald: expected either accuracy, or both splitting and reciprocalCutoff greater than 0");
    }
}
