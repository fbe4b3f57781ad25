using Engine.Core.Builders;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Threading;

namespace Engine.Core.Forces;

/// <summary>Energy, forces and virial of one configuration, and what the energy is made of.</summary>
/// <param name="Energy">The total [energy].</param>
/// <param name="Forces">[N, 3] in the order of the configuration [energy/length].</param>
/// <param name="Virial">W = Σ r ⊗ f [energy].</param>
/// <param name="PairEnergy">Sum over pairs inside the cutoffs [energy].</param>
/// <param name="TermEnergies">Terms beside the pairs, by name: reciprocal Ewald sum with the background, GAP [energy].</param>
/// <param name="ConstantEnergy">Self terms, and energies of free atoms [energy].</param>
/// <param name="TailEnergy">Tail corrections [energy].</param>
public readonly record struct SinglePoint(
    double Energy, double[] Forces, SymmetricTensor Virial,
    double PairEnergy, IReadOnlyList<KeyValuePair<string, double>> TermEnergies, double ConstantEnergy, double TailEnergy)
{
    /// <summary>Evaluates a configuration in double, with the kernels that runs use. Masses need not be known.</summary>
    /// <param name="configuration">In any cell; its species table is that of the model.</param>
    /// <param name="model">The interactions.</param>
    /// <param name="workers">The thread team.</param>
    /// <exception cref="InputException">There are no particles, the cell does not suit an Ewald sum, or particles of a file overlap.</exception>
    /// <exception cref="RunFailedException">Particles that are from no file are closer than the potential allows, or a coordinate is not finite.</exception>
    public static SinglePoint Evaluate(Configuration configuration, PotentialModel model, Workers workers)
    {
        try
        {
            return EvaluateUnnamed(configuration, model, workers);
        }
        catch (EngineException error) when (error is InputException or RunFailedException && configuration.Place is not null)
        {
            // No run has failed where a file brings the particles.
            throw new InputException($"{configuration.Place}: {error.Message}", error);
        }
    }

    private static SinglePoint EvaluateUnnamed(Configuration configuration, PotentialModel model, Workers workers)
    {
        var cell = CellForm.Reduce(configuration);
        var system = ParticleSystem.FromConfiguration(
            new Configuration
            {
                Box = cell.Box,
                // Forces do not depend on masses.
                SpeciesTable = [.. cell.SpeciesTable.Select(s => s.Mass > 0 ? s : s with { Mass = 1 })],
                Species = cell.Species,
                Positions = cell.Positions,
            },
            model.Units);
        using var field = new ForceField(model, singlePrecision: false, workers, system);
        field.Prepare(system);
        var sums = field.Compute(system, energy: true);
        NumberCheck.Require(system, sums);
        var forces = system.ToConfiguration(velocities: false).Forces!;

        var counts = new int[model.Species.Count];
        foreach (var species in configuration.Species)
        {
            counts[species]++;
        }
        var tail = model.HasTailCorrections ? model.TailCorrection(counts, cell.Box).Energy : 0;
        KeyValuePair<string, double>[] terms = [.. model.ForceTerms.Zip(field.TermEnergies, (term, found) => KeyValuePair.Create(term.Name, found))];
        return new(
            sums.Energy, forces, sums.Virial,
            sums.Energy - field.ConstantEnergy - tail - field.TermEnergies.Sum(), terms, field.ConstantEnergy, tail);
    }
}
