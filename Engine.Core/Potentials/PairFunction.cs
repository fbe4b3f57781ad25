using Engine.Kernels.Numerics;
using Engine.Kernels.Pair;

namespace Engine.Core.Potentials;

/// <summary>A boxed pair potential as a plain function in double: for references, tables, plots and checks, not for force loops.</summary>
public abstract class PairFunction
{
    /// <summary>[length]</summary>
    public abstract double Cutoff { get; }

    /// <summary>Wraps a struct that implements <see cref="IPairPotential{TSelf}"/>.</summary>
    public static PairFunction Of(object potential) =>
        (PairFunction)Activator.CreateInstance(typeof(Boxed<>).MakeGenericType(potential.GetType()), potential)!;

    /// <summary>U [energy] and −U′/r [energy/length²] at r²; 0 at and beyond the cutoff.</summary>
    public (double Energy, double ForceOverDistance) At(double rSquared) => rSquared < Cutoff * Cutoff ? Inside(rSquared) : (0, 0);

    /// <summary>The formula without the cutoff.</summary>
    protected abstract (double Energy, double ForceOverDistance) Inside(double rSquared);

    private sealed class Boxed<T>(T potential) : PairFunction
        where T : struct, IPairPotential<T>
    {
        private readonly T potential = potential;

        public override double Cutoff => potential.Cutoff;

        protected override (double Energy, double ForceOverDistance) Inside(double rSquared)
        {
            var value = T.EnergyAndForce(in potential, new Real(rSquared));
            return (value.Energy.Value, value.ForceOverDistance.Value);
        }
    }
}
