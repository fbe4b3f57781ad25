using Engine.Core.Particles;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;

namespace Engine.Core.Forces;

/// <summary>No run goes on from something that is not a number. The virial holds every position and force, so that one number tells.</summary>
internal static class NumberCheck
{
    /// <param name="system">With its forces.</param>
    /// <param name="sums">Their energy and virial.</param>
    /// <param name="step">Of a run; null for a structure, which no steps led to.</param>
    /// <exception cref="ForceException">A force or position is not finite.</exception>
    public static void Require(ParticleSystem system, in ForceSums sums, long? step = null)
    {
        if (double.IsFinite(sums.Virial.Trace + sums.Energy))
        {
            return;
        }
        var when = step is null ? "" : FormattableString.Invariant($"at step {step} ");
        var remedy = step is null ? "check the structure and the potential" : "check the structure, minimise first, or use a smaller time step";
        for (var slot = 0; slot < system.SlotCount; slot++)
        {
            var force = new Vector3d(system.FX[slot], system.FY[slot], system.FZ[slot]);
            if (system.Id[slot] < 0 || double.IsFinite(force.LengthSquared + Position(system, slot).LengthSquared))
            {
                continue;
            }
            var (other, distance) = Nearest(system, slot);
            if (step is null && distance == 0)
            {
                remedy = "move or remove one of them, no minimisation would part them";
            }
            throw new ForceException(FormattableString.Invariant(
                $"{when}the force on particle {system.Id[slot]} ({Name(system, slot)}) is ({force.X:G4}, {force.Y:G4}, {force.Z:G4})") +
                (other < 0 ? "" : FormattableString.Invariant($", its nearest neighbour {Name(system, other)} {system.Id[other]} is {distance:G4} away")) +
                $"; expected finite numbers; {remedy}");
        }
        throw new ForceException(FormattableString.Invariant(
            $"{when}the energy is {sums.Energy:G4} and the trace of the virial {sums.Virial.Trace:G4}; expected finite numbers; {remedy}"));
    }

    private static (int Slot, double Distance) Nearest(ParticleSystem system, int slot)
    {
        var (best, squared) = (-1, double.PositiveInfinity);
        for (var s = 0; s < system.SlotCount; s++)
        {
            var d = s == slot || system.Id[s] < 0 ? double.NaN : system.Box.MinimumImage(Position(system, s) - Position(system, slot)).LengthSquared;
            if (d < squared)
            {
                (best, squared) = (s, d);
            }
        }
        return (best, Math.Sqrt(squared));
    }

    private static Vector3d Position(ParticleSystem system, int slot) => new(system.X[slot], system.Y[slot], system.Z[slot]);

    private static string Name(ParticleSystem system, int slot) => system.SpeciesTable[system.SpeciesOf(slot)].Name;
}
