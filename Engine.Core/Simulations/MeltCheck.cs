using Engine.Core.Input;
using Engine.Core.Particles;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;

namespace Engine.Core.Simulations;

/// <summary>
/// Tells a melt from a superheated crystal: over the stage, the particles of a species must have moved far, and must still be moving at its end.
/// Displacements are those of fractional coordinates in the present cell, so that expansion does not count.
/// </summary>
internal sealed class MeltCheck
{
    private readonly VerifyMeltInput settings;

    public MeltCheck(VerifyMeltInput settings, ParticleSystem system)
    {
        this.settings = settings;
        Reference = Fractional(system);
    }

    public MeltCheck(VerifyMeltInput settings, double[] reference, double before)
    {
        this.settings = settings;
        Reference = reference;
        DisplacementBefore = before;
    }

    public double[] Reference { get; }

    public double DisplacementBefore { get; private set; }

    /// <summary>Refuses a run whose stages watch a species that the system lacks.</summary>
    /// <exception cref="InputException">One does.</exception>
    public static void CheckSpecies(RunInput input, Configuration start)
    {
        for (var i = 0; i < input.Stages.Length; i++)
        {
            if (input.Stages[i].VerifyMelt is { } verify && !start.Species.Any(s => start.SpeciesTable[s].Name == verify.Species))
            {
                var present = start.Species.Distinct().Order().Select(s => start.SpeciesTable[s].Name);
                throw new InputException(
                    $"{input.Stages[i].Label(i)}: verifyMelt.species is \"{verify.Species}\"; expected one of {string.Join(", ", present)}");
            }
        }
    }

    /// <summary>To be called after three quarters of the stage.</summary>
    public void Note(ParticleSystem system) => DisplacementBefore = MeanSquareDisplacement(system);

    /// <exception cref="RunFailedException">The system is still a crystal.</exception>
    public void Check(ParticleSystem system, string stage)
    {
        var displacement = MeanSquareDisplacement(system);
        if (displacement >= settings.MinimumMeanSquareDisplacement && displacement > DisplacementBefore)
        {
            return;
        }
        throw new RunFailedException(FormattableString.Invariant(
            $"{stage} did not melt: the mean square displacement of {settings.Species} is {displacement:G4} (after three quarters of the stage {DisplacementBefore:G4}); ") +
            FormattableString.Invariant(
            $"expected at least {settings.MinimumMeanSquareDisplacement:G4} and rising; heat to a higher temperature or for longer, or take a potential that melts"));
    }

    /// <summary>⟨|h (s − s₀)|²⟩ over the species, with the motion of its centre taken away.</summary>
    internal double MeanSquareDisplacement(ParticleSystem system)
    {
        var now = Fractional(system);
        var (count, sum, squares) = (0, Vector3d.Zero, 0.0);
        for (var slot = 0; slot < system.SlotCount; slot++)
        {
            var id = system.Id[slot];
            if (id < 0 || system.SpeciesTable[system.SpeciesOf(slot)].Name != settings.Species)
            {
                continue;
            }
            var d = system.Box.Shift(now[3 * id] - Reference[3 * id], now[3 * id + 1] - Reference[3 * id + 1], now[3 * id + 2] - Reference[3 * id + 2]);
            sum += d;
            squares += d.LengthSquared;
            count++;
        }
        return squares / count - (sum / count).LengthSquared;
    }

    private static double[] Fractional(ParticleSystem system)
    {
        var result = new double[3 * system.Count];
        for (var slot = 0; slot < system.SlotCount; slot++)
        {
            var id = system.Id[slot];
            if (id >= 0)
            {
                var s = system.Box.ToFractional(new(system.X[slot], system.Y[slot], system.Z[slot]));
                result[3 * id] = s.X + system.ImageX[slot];
                result[3 * id + 1] = s.Y + system.ImageY[slot];
                result[3 * id + 2] = s.Z + system.ImageZ[slot];
            }
        }
        return result;
    }
}
