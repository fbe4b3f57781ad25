using Engine.Core.Particles;
using Engine.Kernels.Errors;
using Engine.Kernels.Ewald;
using Engine.Kernels.Geometry;
using Engine.Kernels.Threading;

namespace Engine.Core.Forces;

/// <summary>
/// Reciprocal part of the Ewald sum and, for a charged cell, the background. Tin-foil boundary. The wave vectors, or the mesh, follow the present box at every
/// call, so that the energy jumps by no more than the accuracy asked for when a barostat moves one across the cutoff, or the mesh gets another point. Holds buffers: one for
/// each running simulation.
/// </summary>
public sealed class EwaldReciprocal(EwaldSettings settings, IReadOnlyList<double> charges) : IForceTerm
{
    /// <summary>What the term is called in tables.</summary>
    public const string TermName = "reciprocal sum";

    private ReciprocalSum? sum;
    private MeshSum? mesh;
    private double[] slotCharges = [];

    /// <inheritdoc/>
    public string Name => TermName;

    /// <inheritdoc/>
    /// <exception cref="InputException">The box is not periodic in all directions, or carries a net charge that no background was asked for.</exception>
    public ForceSums Add(ParticleSystem system, Workers workers, bool energy, bool allowOverlap)
    {
        var box = system.Box;
        CheckPeriodic(box);
        if (slotCharges.Length < system.SlotCount)
        {
            slotCharges = new double[system.Id.Length];
        }
        var netCharge = 0.0;
        var sumOfSquares = 0.0;
        for (var slot = 0; slot < system.SlotCount; slot++)
        {
            var q = system.Id[slot] < 0 ? 0 : charges[system.SpeciesOf(slot)];
            slotCharges[slot] = q;
            netCharge += q;
            sumOfSquares += q * q;
        }
        CheckNeutral(settings, netCharge, sumOfSquares, system.SpeciesTable, charges);
        IReciprocalSum method = settings.OnMesh(system.Count)
            ? mesh ??= new(settings.Splitting, settings.ReciprocalCutoff)
            : sum ??= new(settings.Splitting, settings.ReciprocalCutoff);
        var (reciprocal, virial) = method.Add(
            box, system.SlotCount, system.X, system.Y, system.Z, slotCharges, settings.Coulomb, system.FX, system.FY, system.FZ, workers);
        var background = settings.Background ? settings.BackgroundEnergy(netCharge, box.Volume) : 0;
        return new(reciprocal + background, virial + SymmetricTensor.Isotropic(background));
    }

    /// <summary>Refuses a cell that is open along an axis.</summary>
    /// <exception cref="InputException">It is.</exception>
    public static void CheckPeriodic(Box box)
    {
        if (!box.PeriodicX || !box.PeriodicY || !box.PeriodicZ)
        {
            throw new InputException("the Ewald sum needs a box that is periodic in x, y and z, found an open axis; use coulombDsf or coulombCut instead");
        }
    }

    internal static void CheckNeutral(EwaldSettings settings, double netCharge, double sumOfSquares, IReadOnlyList<Species> species, IReadOnlyList<double> charges)
    {
        if (!settings.Background && Math.Abs(netCharge) > 1e-9 * Math.Max(1, sumOfSquares))
        {
            var each = string.Join(", ", species.Select((s, k) => FormattableString.Invariant($"{s.Name} {charges[k]:g6}")));
            throw new InputException(FormattableString.Invariant(
                $"the cell carries a net charge of {netCharge:g6} (charges: {each}), but the Ewald sum needs a neutral one; correct the composition or the charges, or set \"neutralise\": \"background\" in the ewald term"));
        }
    }
}
